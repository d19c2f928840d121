//! Which addresses may be dialled.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::failure::Blocked;

/// IPv4 ranges that are not the public internet, by IANA's registry of special-purpose addresses
/// (RFC 6890 and its updates). Link-local is apart.
const PRIVATE_V4: [([u8; 4], u8); 14] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// IPv6 ranges within `2000::/3` that are not the public internet: Teredo and its neighbours,
/// documentation, 6to4.
const PRIVATE_V6: [([u16; 8], u8); 3] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
];

/// A cloud's host agent, at a public address (Microsoft Azure).
const AZURE_AGENT: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// The metadata service of Amazon EC2 in IPv6.
const EC2_METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// The operator's rules.
#[derive(Debug)]
pub(super) struct Policy {
    allow: Vec<IpNet>,
}

impl Policy {
    pub(super) fn new(allow: &[IpNet]) -> Self {
        Self { allow: allow.to_vec() }
    }

    /// Whether an address may be dialled.
    pub(super) fn judge(&self, address: IpAddr) -> Result<(), Blocked> {
        judge_mapped(address)?;
        let address = embedded(address);
        let permitted = is_public(address) || self.allow.iter().any(|net| net.contains(&address));
        if permitted { Ok(()) } else { Err(Blocked) }
    }
}

/// Whether an address that the operator named may be dialled: not if it is link-local or a cloud's
/// metadata service.
pub(super) fn judge_mapped(address: IpAddr) -> Result<(), Blocked> {
    let never = match embedded(address) {
        IpAddr::V4(address) => address.is_link_local() || address == AZURE_AGENT,
        IpAddr::V6(address) => address.is_unicast_link_local() || address == EC2_METADATA,
    };
    if never { Err(Blocked) } else { Ok(()) }
}

/// The IPv4 address that an IPv6 address stands for, where it stands for one: mapped
/// (`::ffff:0:0/96`), compatible (`::/96`) and translated (`64:ff9b::/96`).
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let [prefix @ .., high, low] = v6.segments();
    let is_embedded = matches!(prefix, [0, 0, 0, 0, 0, 0xffff | 0] | [0x64, 0xff9b, 0, 0, 0, 0])
        && !(v6.is_loopback() || v6.is_unspecified());
    if !is_embedded {
        return address;
    }
    Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)).into()
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let number = u32::from(address);
            !address.is_link_local()
                && !PRIVATE_V4.iter().any(|(net, length)| {
                    let shift = 32 - u32::from(*length);
                    number >> shift == u32::from(Ipv4Addr::from(*net)) >> shift
                })
        }
        IpAddr::V6(address) => {
            let number = u128::from(address);
            number >> 125 == 1
                && !PRIVATE_V6.iter().any(|(net, length)| {
                    let shift = 128 - u32::from(*length);
                    number >> shift == u128::from(Ipv6Addr::from(*net)) >> shift
                })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(allow: &[&str], address: &str, expect: bool) {
        let allow: Vec<IpNet> = allow.iter().filter_map(|net| net.parse().ok()).collect();
        let Ok(parsed) = address.parse() else { unreachable!("{address}") };
        assert_eq!(Policy::new(&allow).judge(parsed).is_ok(), expect, "{address}");
    }

    #[test]
    fn only_the_public_internet_is_dialled() {
        for address in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::a00:1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
        ] {
            check(&[], address, false);
        }
        for address in [
            "1.1.1.1",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "198.20.0.1",
            "2606:4700::1111",
            "64:ff9b::101:101",
        ] {
            check(&[], address, true);
        }
    }

    #[test]
    fn the_operator_allows_ranges_but_never_link_local_ones() {
        check(&["10.1.0.0/16"], "10.1.2.3", true);
        check(&["10.1.0.0/16"], "::ffff:10.1.2.3", true);
        check(&["10.1.0.0/16"], "10.2.2.3", false);
        check(&["127.0.0.0/8", "::1/128"], "::1", true);
        check(&["0.0.0.0/0", "::/0"], "169.254.169.254", false);
        check(&["0.0.0.0/0", "::/0"], "168.63.129.16", false);
        check(&["0.0.0.0/0", "::/0"], "::ffff:169.254.169.254", false);
        check(&["0.0.0.0/0", "::/0"], "fe80::1", false);
        check(&["0.0.0.0/0", "::/0"], "fd00:ec2::254", false);
        check(&["0.0.0.0/0", "::/0"], "fd00::1", true);
    }
}
