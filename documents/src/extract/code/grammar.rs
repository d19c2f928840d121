//! The languages whose grammars are known.

use tree_sitter_language::LanguageFn;

/// A programming language.
pub(super) struct Grammar {
    /// What blocks of code call it; the first is its usual name.
    names: &'static [&'static str],
    /// How names of source files end. Scripts of a shell have their own.
    endings: &'static [&'static str],
    /// Its parser.
    pub(super) language: LanguageFn,
}

static GRAMMARS: [Grammar; 14] = [
    Grammar {
        names: &["bash", "sh", "shell", "zsh", "ksh", "shellscript"],
        endings: &["sh", "bash"],
        language: tree_sitter_bash::LANGUAGE,
    },
    Grammar { names: &["c"], endings: &["c", "h"], language: tree_sitter_c::LANGUAGE },
    Grammar {
        names: &["cpp", "c++", "cxx", "cc", "hpp"],
        endings: &["cpp", "cxx", "cc", "hpp", "hxx", "hh"],
        language: tree_sitter_cpp::LANGUAGE,
    },
    Grammar {
        names: &["csharp", "c#", "cs"],
        endings: &["cs"],
        language: tree_sitter_c_sharp::LANGUAGE,
    },
    Grammar { names: &["go", "golang"], endings: &["go"], language: tree_sitter_go::LANGUAGE },
    Grammar { names: &["java"], endings: &["java"], language: tree_sitter_java::LANGUAGE },
    Grammar {
        names: &["javascript", "js", "jsx", "mjs", "cjs", "node", "nodejs"],
        endings: &["js", "jsx", "mjs", "cjs"],
        language: tree_sitter_javascript::LANGUAGE,
    },
    Grammar { names: &["php"], endings: &["php"], language: tree_sitter_php::LANGUAGE_PHP },
    Grammar { names: &["php-only"], endings: &[], language: tree_sitter_php::LANGUAGE_PHP_ONLY },
    Grammar {
        names: &["python", "py", "python3", "py3"],
        endings: &["py", "pyi"],
        language: tree_sitter_python::LANGUAGE,
    },
    Grammar { names: &["ruby", "rb"], endings: &["rb"], language: tree_sitter_ruby::LANGUAGE },
    Grammar { names: &["rust", "rs"], endings: &["rs"], language: tree_sitter_rust::LANGUAGE },
    Grammar {
        names: &["typescript", "ts", "mts", "cts"],
        endings: &["ts", "mts", "cts"],
        language: tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
    },
    Grammar { names: &["tsx"], endings: &["tsx"], language: tree_sitter_typescript::LANGUAGE_TSX },
];

impl Grammar {
    /// That of some code in a language of this name, in lower case.
    pub(super) fn of(language: &str, code: &str) -> Option<&'static Self> {
        // Code of PHP within a page begins with a tag; alone, as a rule, it has none.
        let name = if language == "php" && !code.contains("<?") { "php-only" } else { language };
        GRAMMARS.iter().find(|grammar| grammar.names.contains(&name))
    }

    /// The usual name of the language of files with this ending, in lower case.
    pub(super) fn named(ending: &str) -> Option<&'static str> {
        let grammar = GRAMMARS.iter().find(|grammar| grammar.endings.contains(&ending))?;
        grammar.names.first().copied()
    }
}
