import { startRedis } from '@holdfast/testkit/servers';
import { keyWords, serverBehaviour } from './server-behaviour.js';

serverBehaviour('redis', 'startRedis', startRedis, keyWords);
