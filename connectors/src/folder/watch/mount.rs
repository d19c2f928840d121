//! Whether a file system tells of changes: those that other machines change do not.

use std::fs;
use std::path::Path;

/// File systems of which the changes made elsewhere are not told.
const SILENT: [&str; 10] =
    ["9p", "afs", "ceph", "cifs", "glusterfs", "lustre", "nfs", "nfs4", "smb3", "virtiofs"];

/// Whether changes below this path are told of. Where mounts cannot be listed it is assumed.
pub(super) fn tells(path: &Path) -> bool {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    match file_system(&mounts, path) {
        Some(kind) => !SILENT.contains(&kind) && !kind.starts_with("fuse."),
        None => true,
    }
}

/// The kind of file system of the innermost mount above a path; the last of those on one place.
fn file_system<'a>(mounts: &'a str, path: &Path) -> Option<&'a str> {
    let mount = |line: &'a str| {
        let (left, right) = line.split_once(" - ")?;
        let point = left.split(' ').nth(4)?.replace("\\040", " ");
        let above = path.starts_with(&point);
        above.then_some((Path::new(&point).components().count(), right.split(' ').next()?))
    };
    mounts.lines().filter_map(mount).max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
35 22 0:40 / /srv/team\\040files rw,relatime shared:20 - nfs4 server:/team rw,vers=4.2
36 22 0:41 / /srv rw,relatime - xfs /dev/sdb1 rw
37 22 0:42 / /media rw - ext4 /dev/sdc1 rw
38 37 0:43 / /media rw - fuse.sshfs host:/ rw
";

    fn check(path: &str, expect: &str) {
        assert_eq!(file_system(MOUNTS, Path::new(path)), Some(expect), "{path}");
    }

    #[test]
    fn the_innermost_mount_counts() {
        check("/home/me", "ext4");
        check("/srv/team files/a", "nfs4");
        check("/srv/team", "xfs");
        check("/media/disk", "fuse.sshfs");
        assert_eq!(file_system("", Path::new("/")), None);
        assert_eq!(file_system("not a mount table", Path::new("/")), None);
    }
}
