//! One-time codes from a program that is not ours.

use std::process::Command;

use super::programs;

const PACKAGE: &str = "oathtool";

/// Whether codes can be had; says so if not, and fails in CI. A test begins with `if !oathtool::present() { return; }`.
pub fn present() -> bool {
    let found = programs::find("oathtool", &[]).is_some();
    if !found {
        programs::missing("oathtool", PACKAGE);
    }
    found
}

/// The six-digit code that an authenticator with this seed shows at that moment.
pub fn code(secret_base32: &str, unix_seconds: i64) -> String {
    let program = programs::find("oathtool", &[]).expect("call oathtool::present() first");
    let moment = format!("@{unix_seconds}");
    let output = Command::new(program)
        .args(["--totp", "-b", "-N", &moment, "--", secret_base32])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "oathtool: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn its_codes_are_those_of_rfc_6238() {
    if !present() {
        return;
    }
    // Appendix B, the last six of its eight digits.
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    assert_eq!(code(secret, 59), "287082");
    assert_eq!(code(secret, 1_111_111_109), "081804");
    assert_eq!(code(secret, 20_000_000_000), "353130");
}
