import { EndedEarly, type Fault, faultOf, reasonOf, RefusedAppend, Silence } from './errors';

/** An error of gRPC: a code, and the server's message in the trailers. */
const grpc = (code: number, message: string, trailers: Readonly<Record<string, string>> = {}): Error =>
  Object.assign(new Error(message), {
    code,
    details: message,
    metadata: { get: (name: string) => (name in trailers ? [trailers[name]] : []) },
  });

/** An error of the client. */
const client = (type: string, code?: number, message = ''): Error => Object.assign(new Error(message), { type, code });

describe('a failed call', () => {
  it.each<[string, Error, Fault['kind']]>([
    ['a conflict in an answer', new RefusedAppend('wrong-expected-version', 'stale', 4), 'conflict'],
    ['a conflict without a revision', client('wrong-expected-version'), 'bug'],
    ['no such stream', client('stream-not-found'), 'not-found'],
    ['no such stream, in trailers', grpc(5, 'not found', { exception: 'stream-not-found' }), 'not-found'],
    ['a deleted stream', grpc(9, "Event stream 'a' is deleted.", { exception: 'stream-deleted' }), 'deleted'],
    ['a deleted stream in an answer', new RefusedAppend('stream-deleted', 'deleted'), 'deleted'],
    ['too much', grpc(3, 'Maximum Append Size', { exception: 'maximum-append-size-exceeded' }), 'too-large'],
    ['silence', new Silence(10), 'maybe-sent'],
    ['an end before the answer', new EndedEarly('the call ended'), 'maybe-sent'],
    ['unavailable, from gRPC', grpc(14, '14 UNAVAILABLE: Connection dropped'), 'maybe-sent'],
    ['unavailable, from the client', client('unavailable', 14, '14 UNAVAILABLE: read ECONNRESET'), 'maybe-sent'],
    ['unavailable, without a code', client('unavailable'), 'maybe-sent'],
    ['cancelled by the server', client('cancelled', 1, '1 CANCELLED: '), 'maybe-sent'],
    ['unknown', client('unknown', 2, '2 UNKNOWN: '), 'maybe-sent'],
    ['broken off', grpc(13, '13 INTERNAL: Received RST_STREAM with code 2'), 'maybe-sent'],
    ['too late', grpc(4, '4 DEADLINE_EXCEEDED: Deadline exceeded'), 'maybe-sent'],
    ['given up by the server', grpc(10, '10 ABORTED: Operation timed out'), 'maybe-sent'],
    ['given up by the server, in an answer', new RefusedAppend('timeout', 'Timeout'), 'maybe-sent'],
    [
      'refused by the system',
      grpc(14, '14 UNAVAILABLE: No connection established. Last error: ECONNREFUSED'),
      'not-sent',
    ],
    ['without a name', grpc(14, '14 UNAVAILABLE: Name resolution failed for target dns:nowhere:2113'), 'not-sent'],
    ['nobody in the cluster', new Error('Failed to discover after 1 attempts.'), 'not-sent'],
    ['wrong credentials', grpc(16, '16 UNAUTHENTICATED: Received HTTP status code 401'), 'denied'],
    ['missing rights', grpc(7, '7 PERMISSION_DENIED: Access Denied', { exception: 'access-denied' }), 'denied'],
    ['missing rights, in an answer', new RefusedAppend('access-denied', 'AccessDenied'), 'denied'],
    ['another kind of server', grpc(12, '12 UNIMPLEMENTED: Received HTTP status code 404'), 'denied'],
    ['a wrong call, in an answer', new RefusedAppend('invalid-argument', 'BadRequest'), 'bug'],
    ['a wrong call', grpc(3, '3 INVALID_ARGUMENT: no'), 'bug'],
    ['a mistake in the code', new TypeError('x is not a function'), 'bug'],
  ])('by %s is told apart', (_, error, kind) => expect(faultOf(error).kind).toBe(kind));

  it('says where the stream is', () =>
    expect(faultOf(new RefusedAppend('wrong-expected-version', 'stale', 4))).toEqual({ kind: 'conflict', actual: 4 }));

  it.each<[string, Error, boolean]>([
    ['another leader', grpc(5, 'Leader info available', { exception: 'not-leader' }), false],
    ['a server that gave up', grpc(10, '10 ABORTED: Operation timed out'), false],
    ['an end before the answer', new EndedEarly('the call ended'), false],
    ['silence', new Silence(1), true],
    ['a lost connection', grpc(14, '14 UNAVAILABLE: Connection dropped'), true],
  ])('by %s says whether the connection is to blame', (_, error, broken) =>
    expect(faultOf(error)).toEqual({ kind: 'maybe-sent', broken }),
  );

  it.each([
    ['self-signed certificate in certificate chain', 'tlsCAFile'],
    ['unable to verify the first certificate', 'tlsCAFile'],
    ['unable to get local issuer certificate', 'tlsCAFile'],
    ['certificate has expired', 'renew'],
    [
      "Hostname/IP does not match certificate's altnames: IP: 10.0.0.1 is not in the cert's list",
      'host name in the URL',
    ],
    ['C0AC:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number', 'tls=false'],
  ])('by TLS (%s) says what to do', (cause, advice) => {
    const fault = faultOf(grpc(14, `14 UNAVAILABLE: No connection established. Last error: ${cause}`));
    expect(fault).toEqual({ kind: 'denied', advice: expect.stringContaining(advice) });
  });

  it('by anything but an error is a bug', () => expect(faultOf('text')).toEqual({ kind: 'bug' }));

  it.each([
    ['gone\nfor call at\n  x', 'gone'],
    [
      '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 127.0.0.1:2113 (2026-11-23T23:52:55.397Z). Resolution note: ',
      '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 127.0.0.1:2113',
    ],
  ])('has its reason in one line', (message, reason) => expect(reasonOf(new Error(message))).toBe(reason));
});
