import { Server } from '@grpc/grpc-js';
import { GossipService, type IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb';
import { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb';
import {
  type IServerFeaturesServer,
  ServerFeaturesService,
} from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import { type IStreamsServer, StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import { AppendResp } from '@eventstore/db-client/generated/streams_pb';
import { append } from './append';
import { batchAppend } from './batch-append';
import { answerOnce } from './call';
import { clusterInfo } from './gossip';
import type { Node } from './node';
import { read } from './read';
import { supportedMethods } from './server-features';

/** The services that a client of EventStoreDB's streams calls, by the client's own definitions. */
export function grpcServer(node: Node): Server {
  const features: IServerFeaturesServer = {
    getSupportedMethods: (call, answer) =>
      answerOnce(node, 'serverFeatures', { call, answer, empty: new SupportedMethods() }, () => supportedMethods(node)),
  };
  const gossip: IGossipServer = {
    read: (call, answer) =>
      answerOnce(node, 'gossip', { call, answer, empty: new ClusterInfo() }, () => clusterInfo(node)),
  };
  const streams: Pick<IStreamsServer, 'append' | 'batchAppend' | 'read'> = {
    append: (call, answer) =>
      answerOnce(node, 'append', { call, answer, empty: new AppendResp() }, () => append(node, call)),
    batchAppend: (call) => batchAppend(node, call),
    read: (call) => void read(node, call),
  };
  const server = new Server();
  server.addService(ServerFeaturesService, features);
  server.addService(GossipService, gossip);
  server.addService(StreamsService, streams);
  return server;
}
