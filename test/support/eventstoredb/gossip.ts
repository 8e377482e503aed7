import type { sendUnaryData, ServerUnaryCall, StatusObject } from '@grpc/grpc-js';
import { ClusterInfo, EndPoint, MemberInfo } from '@eventstore/db-client/generated/gossip_pb';
import { type Empty, UUID } from '@eventstore/db-client/generated/shared_pb';
import { randomUUID } from 'node:crypto';
import { begin, type Member, type Node, strike } from './node';

const { LEADER, FOLLOWER } = MemberInfo.VNodeState;

/** Names the members of the cluster: EventStore/EventStore src/EventStore.Core/Services/Transport/Grpc/Gossip.Read.cs */
export async function gossip(
  node: Node,
  call: ServerUnaryCall<Empty, ClusterInfo>,
  answer: sendUnaryData<ClusterInfo>,
): Promise<void> {
  const fault = await begin(node, 'gossip');
  if (fault !== undefined) {
    const fail = (error: StatusObject): void => answer(error);
    strike(node, fault, { peer: call.getPeer(), fail, end: () => answer(null, new ClusterInfo()) });
    return;
  }
  answer(null, new ClusterInfo().setMembersList(node.members().map(memberInfo)));
}

function memberInfo({ host, port, state, isAlive = true }: Member): MemberInfo {
  return new MemberInfo()
    .setInstanceId(new UUID().setString(randomUUID()))
    .setTimeStamp(String(Date.now() * 10_000))
    .setState(state === 'leader' ? LEADER : FOLLOWER)
    .setIsAlive(isAlive)
    .setHttpEndPoint(new EndPoint().setAddress(host).setPort(port));
}
