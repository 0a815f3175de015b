import { startPostgres } from '@holdfast/testkit/servers';
import { sqlWords, serverBehaviour } from './server-behaviour.js';

serverBehaviour('postgres', 'startPostgres', startPostgres, sqlWords);
