import { startMariadb } from '@holdfast/testkit/servers';
import { sqlWords, serverBehaviour } from './server-behaviour.js';

serverBehaviour('mariadb', 'startMariadb', startMariadb, sqlWords);
