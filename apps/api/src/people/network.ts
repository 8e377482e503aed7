import ipaddr from 'ipaddr.js';

/**
 * The unit by which failures are counted for an address: an IPv4 address by itself, but only the first 64 bits of an
 * IPv6 address, since everybody has as many of those as they like.
 * @param address as a proxy gave it, perhaps with a port.
 */
export const networkOf = (address: string): string => prefixOf(address, 64);

/** The site of a network: for IPv6 its first 48 bits, since one rented server may get all 65,536 networks of a site. */
export const siteOf = (address: string): string => prefixOf(address, 48);

function prefixOf(address: string, bits: 48 | 64): string {
  const plain = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ?? address;
  if (!ipaddr.isValid(plain)) return plain;
  // Converts an IPv4-mapped IPv6 address to IPv4.
  const known = ipaddr.process(plain);
  if (!(known instanceof ipaddr.IPv6)) return known.toString();
  return `${known.parts.slice(0, bits / 16).map((part) => part.toString(16)).join(':')}::/${bits}`; // prettier-ignore
}
