import { RecordedRequests } from './recorded-requests';

describe('the requests that a stream recorded last', () => {
  it('tell the revision that a request led to', () => {
    const requests = new RecordedRequests();
    requests.add({ marker: 'a', at: 10 }, 3);
    expect(requests.find({ marker: 'a', since: 5 })).toBe(3);
    expect(requests.find({ marker: 'b', since: 5 })).toBeNull();
  });

  it('do not tell one that lies too far back: it is a new request by now', () => {
    const requests = new RecordedRequests();
    requests.add({ marker: 'a', at: 10 }, 3);
    expect(requests.find({ marker: 'a', since: 11 })).toBeNull();
    requests.add({ marker: 'a', at: 20 }, 7);
    expect(requests.find({ marker: 'a', since: 11 })).toBe(7);
  });

  it('are unsure only about a time from which they let some go', () => {
    const requests = new RecordedRequests(2);
    for (const [index, marker] of ['a', 'b', 'c'].entries()) requests.add({ marker, at: index }, index);
    expect(requests.size).toBe(2);
    expect(requests.find({ marker: 'c', since: 0 })).toBe(2);
    expect(requests.find({ marker: 'a', since: 0 })).toBe('unsure');
    expect(requests.find({ marker: 'z', since: 1 })).toBeNull();
  });

  it('of a stream that was not read whole are unsure about any that they do not know', () => {
    const requests = RecordedRequests.ofSome();
    requests.add({ marker: 'a', at: 10 }, 3);
    expect(requests.find({ marker: 'a', since: 5 })).toBe(3);
    expect(requests.find({ marker: 'b', since: 5 })).toBe('unsure');
  });
});
