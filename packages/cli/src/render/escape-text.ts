export { commandText, escapeText } from '@holdfast/core/basics';
