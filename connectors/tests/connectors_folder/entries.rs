//! Which entries of a directory are documents, and what they are called.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use corpus::SourceLocation;

use crate::support::{Folder, found, make_fifo, read};

#[tokio::test]
async fn a_tree_is_walked_depth_first_by_name() {
    let folder = Folder::new();
    folder.write("b.md", "").write("a/z.md", "").write("a/y/x.md", "").write("a.md", "");
    folder.write("B.md", "");
    fs::create_dir(folder.path("empty")).unwrap();
    let expect = ["+B.md", "+a/y/x.md", "+a/z.md", "+a.md", "+b.md", "complete"];
    assert_eq!(folder.found().await, expect);
}

#[tokio::test]
async fn symbolic_links_are_not_followed() {
    let folder = Folder::new();
    folder.write("real.md", "x").write("sub/deep.md", "x");
    fs::write(folder.directory.path().join("secret.md"), "x").unwrap();
    symlink("real.md", folder.path("inside.md")).unwrap();
    symlink("sub", folder.path("inside_directory")).unwrap();
    symlink("..", folder.path("sub/up")).unwrap();
    symlink("../secret.md", folder.path("outside.md")).unwrap();
    symlink("/", folder.path("outside_directory")).unwrap();
    symlink("nothing", folder.path("broken.md")).unwrap();
    symlink("loop.md", folder.path("loop.md")).unwrap();
    let inside = "it is a symbolic link within the folder: its target is read under its own name";
    let outside = "it is a symbolic link that leaves the folder: put the file itself here, or add \
                   a data source for the place that it leads to";
    let nowhere = "it is a symbolic link that leads nowhere";
    let expect = [
        format!("~broken.md: {nowhere}"),
        format!("~inside.md: {inside}"),
        format!("~inside_directory: {inside}"),
        format!("~loop.md: {nowhere}"),
        format!("~outside.md: {outside}"),
        format!("~outside_directory: {outside}"),
        "+real.md".to_owned(),
        "+sub/deep.md".to_owned(),
        // The way up leads to the folder itself, which is within it.
        format!("~sub/up: {inside}"),
        "complete".to_owned(),
    ];
    assert_eq!(folder.found().await, expect);
}

#[tokio::test]
async fn what_is_no_file_is_ignored_and_never_opened() {
    let folder = Folder::new();
    make_fifo(&folder.path("fifo"));
    let _socket = UnixListener::bind(folder.path("socket")).unwrap();
    let expect = ["~fifo: it is a FIFO, not a file", "~socket: it is a socket, not a file"];
    assert_eq!(folder.found().await[..2], expect);
    symlink("/dev/null", folder.path("null")).unwrap();
    assert!(folder.found().await[1].contains("leaves the folder"));
}

#[tokio::test]
async fn hidden_names_are_ignored_unless_they_are_spelled() {
    let folder = Folder::new();
    folder.write(".git/objects/x", "").write(".hidden.md", "").write("a.md", "");
    let found_by_default = folder.found().await;
    assert_eq!(found_by_default.len(), 4, "{found_by_default:?}");
    assert!(found_by_default[0].starts_with("~.git: its name begins with a dot"));
    assert!(found_by_default[1].starts_with("~.hidden.md: its name begins with a dot"));
    assert_eq!(found_by_default[2..], ["+a.md", "complete"]);
    let spelled = folder.connector_for(&[".hidden.md"], &[]);
    assert_eq!(found(&spelled).await, ["+.hidden.md", "complete"]);
}

#[tokio::test]
async fn patterns_choose_files_and_leave_out_directories() {
    let folder = Folder::new();
    folder.write("a.md", "").write("b.txt", "").write("drafts/c.md", "").write("d/e.md", "");
    folder.write("d/drafts/f.md", "");
    make_fifo(&folder.path("pipe.txt"));
    let connector = folder.connector_for(&["*.md"], &["drafts"]);
    assert_eq!(found(&connector).await, ["+a.md", "+d/e.md", "complete"]);
    let connector = folder.connector_for(&["d/**"], &["/d/drafts/**"]);
    assert_eq!(found(&connector).await, ["+d/e.md", "complete"]);
}

#[tokio::test]
async fn names_of_any_bytes_have_keys_and_locations() {
    let folder = Folder::new();
    let odd = OsStr::from_bytes(b"caf\xe9 1%.md");
    // Not every file system takes such names.
    if fs::write(folder.root().join(odd), "latin").is_err() {
        return;
    }
    folder.write("caf%E9 1%.md", "plain").write("a\nb.md", "");
    let expect = ["+a\nb.md", "+caf%E9 1%.md", "+/caf%E9 1%25.md", "complete"];
    assert_eq!(folder.found().await, expect);
    let document = folder.document("/caf%E9 1%25.md").await;
    assert_eq!(read(&document).await.unwrap(), b"latin");
    let SourceLocation::Custom { id } = &document.location else { panic!("{document:?}") };
    let expect = format!("file://{}/caf%E9%201%25.md", folder.root().display());
    assert_eq!(*id, expect);
}

#[tokio::test]
async fn many_files_come_in_order_over_several_groups() {
    let folder = Folder::new();
    for number in 0..1_000 {
        folder.write(&format!("{}/{number:04}.md", number / 100), "");
    }
    let mut found = folder.found().await;
    assert_eq!(found.pop().as_deref(), Some("complete"));
    assert_eq!(found.len(), 1_000);
    assert!(found.is_sorted());
}

#[tokio::test]
async fn a_document_is_described() {
    let folder = Folder::new();
    folder.write("a.md", "four");
    let document = folder.document("a.md").await;
    assert_eq!((document.size, &document.media_type), (Some(4), &None));
    let change_key = document.change_key.unwrap().content;
    assert!(change_key.starts_with("4:"), "{change_key}");
}
