import { startValkey } from '@holdfast/testkit/servers';
import { keyWords, serverBehaviour } from './server-behaviour.js';

serverBehaviour('valkey', 'startValkey', startValkey, keyWords);
