import ipaddr from 'ipaddr.js';

/**
 * What an address counts as, where addresses are counted: an IPv4 address is somebody's own, while of IPv6 addresses
 * everybody has as many as they like, and their first 64 bits in common.
 * @param address as a proxy told it, maybe with the port that it was asked from.
 */
export function networkOf(address: string): string {
  const plain = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ?? address;
  if (!ipaddr.isValid(plain)) return plain;
  // An IPv4 address in the form of an IPv6 one is the IPv4 address.
  const known = ipaddr.process(plain);
  if (!(known instanceof ipaddr.IPv6)) return known.toString();
  return `${known.parts.slice(0, 4).map((part) => part.toString(16)).join(':')}::/64`; // prettier-ignore
}
