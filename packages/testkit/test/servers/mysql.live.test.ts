import { startMysql } from '@holdfast/testkit/servers';
import { sqlWords, serverBehaviour } from './server-behaviour.js';

serverBehaviour('mysql', 'startMysql', startMysql, sqlWords);
