//! Where the platform wants an application's data.

use std::path::PathBuf;

/// Outcrop's directory among the user's data: `$XDG_DATA_HOME` or `~/.local/share` on Linux,
/// `~/Library/Application Support` on macOS, `%LOCALAPPDATA%` on Windows. None where the
/// environment does not even tell the home directory.
pub(crate) fn data_dir(variable: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let path = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let parent = if cfg!(target_os = "windows") {
        path("LOCALAPPDATA")
            .or_else(|| path("USERPROFILE").map(|home| home.join("AppData").join("Local")))
    } else if cfg!(target_os = "macos") {
        path("HOME").map(|home| home.join("Library").join("Application Support"))
    } else {
        path("XDG_DATA_HOME").or_else(|| path("HOME").map(|home| home.join(".local").join("share")))
    };
    parent.map(|parent| parent.join("outcrop"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    fn check(variables: &[(&str, &str)], expect: Option<&str>) {
        let variable = |name: &str| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(data_dir(&variable), expect.map(PathBuf::from), "{variables:?}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_xdg_directory_comes_before_the_home_directory() {
        let home = ("HOME", "/home/me");
        check(&[home], Some("/home/me/.local/share/outcrop"));
        check(&[home, ("XDG_DATA_HOME", "/data")], Some("/data/outcrop"));
        check(&[home, ("XDG_DATA_HOME", "relative")], Some("/home/me/.local/share/outcrop"));
        check(&[], None);
    }
}
