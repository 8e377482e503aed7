import { ON_SERVERS, removeServers } from './servers';

// Every service that these tests start has its log and its database on servers.
process.env[ON_SERVERS] = 'yes';
afterAll(removeServers);
