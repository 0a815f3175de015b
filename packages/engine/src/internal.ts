/** For tests, benchmarks and siblings in this workspace; no promise is made to anybody else. */
export { RebuiltImages } from './images/rebuilt-images.js';
export { StagedImages } from './images/staged-images.js';
