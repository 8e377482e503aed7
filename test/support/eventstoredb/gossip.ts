import { ClusterInfo, EndPoint, MemberInfo } from '@eventstore/db-client/generated/gossip_pb';
import { UUID } from '@eventstore/db-client/generated/shared_pb';
import { randomUUID } from 'node:crypto';
import type { Member, Node } from './node';

const { LEADER, FOLLOWER } = MemberInfo.VNodeState;

/**
 * Lists the members of the cluster: EventStore/EventStore src/EventStore.Core/Services/Transport/Grpc/Gossip.Read.cs
 */
export function clusterInfo({ members }: Node): ClusterInfo {
  return new ClusterInfo().setMembersList(members.map(memberInfo));
}

function memberInfo({ host, port, state, isAlive = true }: Member): MemberInfo {
  return new MemberInfo()
    .setInstanceId(new UUID().setString(randomUUID()))
    .setTimeStamp(String(Date.now() * 10_000))
    .setState(state === 'leader' ? LEADER : FOLLOWER)
    .setIsAlive(isAlive)
    .setHttpEndPoint(new EndPoint().setAddress(host).setPort(port));
}
