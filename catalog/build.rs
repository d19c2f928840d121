//! Has the crate built anew when a migration is added: `sqlx::migrate!` reads them at build time.

#[expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
