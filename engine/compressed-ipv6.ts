// IPv6 has many spellings; where two are compared, both are spelled in one way.

/** The shortest spelling of an IPv6 address (RFC 5952), but for one that stands for an IPv4 address: that has hex digits, too. Without `%zone`. */
export const compressedIPv6 = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1)
