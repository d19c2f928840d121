#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use super::*;
use crate::{Hint, extract as read};

/// Checks the depth of each line that is not empty; `-` where nothing is said of it.
fn check(language: &str, code: &str, expect: &str) {
    let text = format!("```{language}\n{code}\n```");
    let extracted = read(text.as_bytes(), Hint { name: "a.md", media_type: None }).unwrap();
    let depth = |line: &str| {
        let start = line.trim_start().as_ptr().addr() - text.as_ptr().addr();
        let here = extracted.marks.iter().find(|mark| mark.offset == start);
        here.map_or("-".to_owned(), |mark| match mark.landmark {
            Landmark::Statement { depth } => depth.to_string(),
            _ => panic!("{mark:?}"),
        })
    };
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("```"));
    let found: Vec<String> = lines.map(depth).collect();
    assert_eq!(found.join(" "), expect, "{language}");
}

#[test]
fn lines_know_how_deep_they_stand() {
    check(
        "rust",
        "use a::b;\n\n/// What it is.\n#[derive(Debug)]\nstruct A {\n    b: u8,\n}\n\nimpl A {\n    \
         fn c(&self) -> u8 {\n        self.b\n            .into()\n    }\n\n    fn d() {}\n}",
        "- 0 4 4 1 5 0 1 2 7 6 1 5",
    );
}

#[test]
fn languages_have_their_own_grammars() {
    let python = "import a\n\n@b\ndef c(d):\n    e = f(\n        d,\n    )\n    return e\n\nclass G:\n    \
                  h = 1";
    check("py", python, "- 0 1 2 3 7 2 0 1");
    check(
        "js",
        "export class A {\n  b() {\n    return [\n      1,\n    ];\n  }\n}\nc();",
        "- 1 2 3 7 6 5 0",
    );
    check("php", "function a() {\n  return 1;\n}\n\na();", "- 1 5 0");
    check("php", "<?php\nfunction a() {\n  return 1;\n}\n\na();", "- 0 1 5 0");
    check("sh", "set -e\nfor a in b; do\n  c | \\\n    d\ndone\ne", "- 0 1 2 5 0");
    check("ruby", "class A\n  def b\n    c\n  end\nend\nd", "- 1 2 6 5 0");
    check("go", "package a\n\nfunc b() {\n\tc()\n\td()\n}\n\nfunc e() {}", "- 0 1 2 5 0");
    check("java", "class A {\n  @B\n  void c() {\n    d();\n  }\n}", "- 1 2 2 6 5");
    check("c#", "class A {\n  int B() {\n    return 1;\n  }\n}", "- 1 2 6 5");
    check("c", "// a\nint b(void) {\n  return 1;\n}\nint c;", "- 4 1 5 0");
    check("cpp", "namespace a {\nclass B {\n  int c;\n};\n}", "- 1 2 6 5");
    check("ts", "type A = {\n  b: c;\n};\ninterface D {}", "- 1 5 0");
    check("tsx", "const a: B = () => {\n  return <c>\n    d\n  </c>;\n};\ne();", "- 1 2 2 5 0");
}

#[test]
fn what_is_no_code_of_the_language_is_no_error() {
    check("json", "{\n}", "- -");
    check("", "a\nb", "- -");
    check("c", "", "");
    check("rust", "so it is\nnot code", "- 0");
}

#[test]
fn source_files_are_read_as_they_are() {
    let bytes = b"\xef\xbb\xbffn a() {}\r\n\r\nfn b() {}\r\n";
    let extracted = read(bytes, Hint { name: "src/a.rs", media_type: Some("text/plain") }).unwrap();
    assert_eq!(extracted.kind, Kind::Code);
    assert_eq!(extracted.text, "fn a() {}\n\nfn b() {}\n");
    let kind = BlockKind::Code { language: Some("rust".to_owned()) };
    assert_eq!(extracted.blocks, [Block { range: 0..20, kind }]);
    let statement = Mark { offset: 11, landmark: Landmark::Statement { depth: 0 } };
    assert_eq!(extracted.marks, [statement]);
}

#[test]
fn what_people_do_not_write_is_left_to_its_lines() {
    let nested = "({[".repeat(DEEPEST);
    let check = |language: &str, code: &str, expect: usize| {
        let text = format!("```{language}\na();\n{code}\nb();\n```\n");
        let extracted = read(text.as_bytes(), Hint { name: "a.md", media_type: None }).unwrap();
        assert_eq!((extracted.text, extracted.marks.len()), (text, expect), "{language}");
    };
    check("js", "[[1]]", 2);
    for language in ["bash", "cpp", "go", "js", "php", "rust"] {
        check(language, &nested, 0);
        check(language, &format!("// {}", "a".repeat(LONGEST_LINE)), 0);
        check(language, &"// a\n".repeat(LONGEST / 4), 0);
    }
}
