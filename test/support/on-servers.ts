import { ON_SERVERS, removeServers } from './servers';

// All services that these tests start have their log and their database on servers.
process.env[ON_SERVERS] = 'yes';
afterAll(removeServers);
