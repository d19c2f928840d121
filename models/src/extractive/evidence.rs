//! How well each sentence of the passages answers a question, as a handful of measures.

use corpus::Passage;

use super::grammar::{self, Wanted};
use super::question::Question;
use super::sentences::sentences;
use super::words::{Form, Word, likeness, words};

#[derive(Debug)]
pub struct Candidate {
    pub passage: usize,
    pub index: usize,
    pub text: String,
    pub features: Vec<f32>,
}

struct Read {
    range: std::ops::Range<usize>,
    words: Vec<Word>,
    /// per term: likeness best, positions
    matched: Vec<f32>,
    at: Vec<Option<usize>>,
}

pub fn candidates(question: &str, passages: &[Passage]) -> Vec<Candidate> {
    let question = Question::new(question);
    let terms = &question.terms;
    let read_text = |text: &str| -> (Vec<Word>, Vec<f32>, Vec<Option<usize>>) {
        let ws = words(text);
        let mut matched = vec![0.0_f32; terms.len()];
        let mut at = vec![None; terms.len()];
        for (t, term) in terms.iter().enumerate() {
            for (i, w) in ws.iter().enumerate() {
                let l = likeness(&term.word, w);
                if l > matched[t] {
                    matched[t] = l;
                    at[t] = Some(i);
                }
            }
        }
        (ws, matched, at)
    };
    let all: Vec<(Vec<f32>, Vec<Read>)> = passages
        .iter()
        .map(|p| {
            let head = read_text(&p.headings.join(" / ")).1;
            let ss = sentences(&p.text)
                .into_iter()
                .map(|range| {
                    let (words, matched, at) = read_text(&p.text[range.clone()]);
                    Read { range, words, matched, at }
                })
                .collect();
            (head, ss)
        })
        .collect();
    let n = all.iter().map(|(_, s)| s.len()).sum::<usize>() as f32 + 20.0;
    let np = all.len() as f32;
    let weights: Vec<f32> = (0..terms.len())
        .map(|t| {
            let k = all.iter().flat_map(|(_, s)| s).filter(|s| s.matched[t] > 0.0).count() as f32;
            let kp =
                all.iter().filter(|(_, s)| s.iter().any(|s| s.matched[t] > 0.0)).count() as f32;
            let w = (1.0 + (n - k + 0.5) / (k + 0.5)).ln();
            let _ = (np, kp);
            w * terms[t].substance
        })
        .collect();
    let total: f32 = weights.iter().sum::<f32>().max(1e-6);
    let (mut caps, mut tot) = (0.0_f32, 0.0_f32);
    for s in all.iter().flat_map(|(_, s)| s) { for w in s.words.iter().skip(1) { if !w.is_pair() && w.form != Form::Number && !grammar::is_function_word(&w.text) { tot += 1.0; if w.form == Form::Capitalised { caps += 1.0; } } } }
    let german = caps / tot.max(1.0);
    let is_name = |t: &crate::extractive::question::Term| t.names && (t.word.form == Form::Number || german < 0.47);
    let nterms: f32 = terms.iter().zip(&weights).filter(|(t, _)| is_name(t)).map(|(_, w)| w).sum();
    let cov =
        |m: &dyn Fn(usize) -> f32| (0..terms.len()).map(|t| weights[t] * m(t)).sum::<f32>() / total;
    let mut out = Vec::new();
    let anyp: Vec<f32> = (0..terms.len())
        .map(|t| all.iter().flat_map(|(_, s)| s).map(|s| s.matched[t]).fold(0.0, f32::max))
        .collect();
    for (p, (head, ss)) in all.iter().enumerate() {
        let pass: Vec<f32> = (0..terms.len())
            .map(|t| ss.iter().map(|s| s.matched[t]).fold(head[t], f32::max))
            .collect();
        for (i, s) in ss.iter().enumerate() {
            let prev = (i > 0).then(|| &ss[i - 1]);
            let next = ss.get(i + 1);
            let own = cov(&|t| s.matched[t]);
            let near1 = cov(&|t| s.matched[t].max(head[t]));
            let near2 = cov(&|t| s.matched[t].max(head[t]).max(prev.map_or(0.0, |p| p.matched[t])));
            let near3 = cov(&|t| {
                s.matched[t]
                    .max(head[t])
                    .max(prev.map_or(0.0, |p| p.matched[t]))
                    .max(next.map_or(0.0, |p| p.matched[t]))
            });
            let passage = cov(&|t| pass[t]);
            // proximity of neighbours in question
            let mut prox = 0.0;
            let mut proxw = 0.0;
            for t in 1..terms.len() {
                let w = weights[t].min(weights[t - 1]);
                proxw += w;
                if let (Some(a), Some(b)) = (s.at[t - 1], s.at[t]) {
                    // nearest occurrences
                    let pa: Vec<usize> = s
                        .words
                        .iter()
                        .enumerate()
                        .filter(|(_, x)| likeness(&terms[t - 1].word, x) > 0.0)
                        .map(|(i, _)| i)
                        .collect();
                    let pb: Vec<usize> = s
                        .words
                        .iter()
                        .enumerate()
                        .filter(|(_, x)| likeness(&terms[t].word, x) > 0.0)
                        .map(|(i, _)| i)
                        .collect();
                    let d = pa
                        .iter()
                        .flat_map(|a| pb.iter().map(move |b| a.abs_diff(*b)))
                        .min()
                        .unwrap_or(a.abs_diff(b));
                    prox += w * match d {
                        0..=2 => 1.0,
                        3..=5 => 0.6,
                        6..=9 => 0.3,
                        _ => 0.1,
                    };
                }
            }
            let prox = if proxw > 0.0 { prox / proxw } else { own };
            let fresh: Vec<(usize, &Word)> = s
                .words
                .iter()
                .enumerate()
                .filter(|(_, w)| {
                    !grammar::is_function_word(&w.text)
                        && !terms.iter().any(|t| likeness(&t.word, w) > 0.0)
                })
                .collect();
            let cased = s.words.iter().any(|w| w.form == Form::Capitalised);
            let has_num = fresh.iter().any(|(_, w)| w.form == Form::Number);
            let numw = s.words.iter().any(|w| grammar::is_number_word(&w.text));
            let timew = fresh.iter().any(|(_, w)| grammar::is_time_word(&w.text));
            let name = fresh.iter().any(|(i, w)| *i > 0 && w.form == Form::Capitalised)
                || fresh.iter().any(|(i, w)| *i == 0 && w.form == Form::Capitalised);
            let digit_any = s.words.iter().any(|w| w.text.chars().any(char::is_numeric));
            let fits: f32 = match question.wanted {
                Wanted::Anything => 0.0,
                Wanted::Amount => {
                    if has_num {
                        1.0
                    } else if numw || digit_any {
                        0.7
                    } else {
                        -1.0
                    }
                }
                Wanted::Time => {
                    if has_num || timew {
                        1.0
                    } else if digit_any {
                        0.5
                    } else {
                        -1.0
                    }
                }
                Wanted::Name => {
                    if !cased || name {
                        1.0
                    } else {
                        -1.0
                    }
                }
            };
            let namec = if nterms > 0.0 {
                terms
                    .iter()
                    .enumerate()
                    .filter(|(_, t)| is_name(t))
                    .map(|(k, _)| {
                        weights[k]
                            * s.matched[k].max(head[k]).max(prev.map_or(0.0, |p| p.matched[k]))
                    })
                    .sum::<f32>()
                    / nterms
            } else {
                1.0
            };
            let namep = if nterms > 0.0 {
                terms
                    .iter()
                    .enumerate()
                    .filter(|(_, t)| is_name(t))
                    .map(|(k, _)| weights[k] * pass[k])
                    .sum::<f32>()
                    / nterms
            } else {
                1.0
            };
            let anyc = cov(&|t| anyp[t]);
            let maxmiss =
                (0..terms.len()).map(|t| weights[t] * (1.0 - pass[t])).fold(0.0, f32::max);
            // negation
            let neg = |w: &Word| {
                [
                    "not", "no", "never", "none", "nor", "neither", "without", "cannot", "n't",
                    "unless", "except", "least", "only", "fail", "failed", "lack", "lacked",
                    "nicht", "kein", "keine", "nie", "niemals", "pas", "jamais",
                ]
                .contains(&w.text.as_str())
                    || w.text.ends_with("n't")
            };
            let qneg = question.all.iter().any(neg);
            let sneg = s.words.iter().any(neg);
            let negmis = if qneg && !sneg { 1.0 } else { 0.0 };
            let negmis2 = if !qneg && sneg { 1.0 } else { 0.0 };
            // slot substitution
            let mut subst: f32 = 0.0;
            let content = |w: &Word| !grammar::is_function_word(&w.text);
            for t in 0..terms.len() {
                if s.matched[t] > 0.0 {
                    continue;
                }
                let qi = terms[t].at;
                for (d, nb) in [(1i64, qi + 1), (-1i64, qi.wrapping_sub(1))] {
                    let Some(nw) = question.all.get(nb) else { continue };
                    if !content(nw) {
                        continue;
                    }
                    for (i, w) in s.words.iter().enumerate() {
                        if likeness(nw, w) > 0.0 {
                            let slot = i as i64 - d;
                            if slot >= 0
                                && (slot as usize) < s.words.len()
                                && content(&s.words[slot as usize])
                                && !question
                                    .all
                                    .iter()
                                    .any(|q| likeness(q, &s.words[slot as usize]) > 0.0)
                            {
                                subst = subst.max(weights[t]);
                            }
                        }
                    }
                }
            }
            let numconf = {
                let isn = |w: &Word| {
                    w.form == Form::Number
                        || grammar::is_number_word(&w.text)
                        || ["first", "second", "third", "fourth", "fifth", "sixth", "last"]
                            .contains(&w.text.as_str())
                };
                let missing = question
                    .all
                    .iter()
                    .any(|q| isn(q) && !s.words.iter().any(|w| w.text == q.text));
                let other = s
                    .words
                    .iter()
                    .any(|w| isn(w) && !question.all.iter().any(|q| w.text == q.text));
                if missing && other {
                    1.0
                } else if missing {
                    0.5
                } else {
                    0.0
                }
            };
            let missname = |m: &dyn Fn(usize) -> f32| {
                terms
                    .iter()
                    .enumerate()
                    .filter(|(_, t)| is_name(t))
                    .map(|(k, _)| weights[k] * (1.0 - m(k)))
                    .fold(0.0, f32::max)
            };
            let mn1 = missname(&|k| s.matched[k]);
            let mn2 =
                missname(&|k| s.matched[k].max(head[k]).max(prev.map_or(0.0, |p| p.matched[k])));
            let mn3 = missname(&|k| pass[k]);
            let mn4 = missname(&|k| anyp[k]);
            let mm1 =
                (0..terms.len()).map(|t| weights[t] * (1.0 - s.matched[t])).fold(0.0, f32::max);
            let mm2 = (0..terms.len())
                .map(|t| {
                    weights[t]
                        * (1.0 - s.matched[t].max(head[t]).max(prev.map_or(0.0, |p| p.matched[t])))
                })
                .fold(0.0, f32::max);
            // raw lcs run
            let mut run = 0;
            for a in 0..question.all.len() {
                for b in 0..s.words.len() {
                    let mut k = 0;
                    while a + k < question.all.len()
                        && b + k < s.words.len()
                        && likeness(&question.all[a + k], &s.words[b + k]) > 0.0
                    {
                        k += 1;
                    }
                    run = run.max(k);
                }
            }
            // absent elsewhere: term missing here but in other passages
            let elsewhere = cov(&|t| if pass[t] == 0.0 { anyp[t] } else { 0.0 });
            let qcov = s
                .words
                .iter()
                .filter(|w| content(w) && terms.iter().any(|t| likeness(&t.word, w) > 0.0))
                .count() as f32
                / s.words.iter().filter(|w| content(w)).count().max(1) as f32;
            let f = vec![mn2 / total, german,
                negmis,
                negmis2,
                subst,
                numconf,
                mn1,
                mn2,
                mn3,
                mn4,
                mm1,
                mm2,
                run as f32 / question.all.len().max(1) as f32,
                elsewhere,
                qcov,
                own,
                near1 - own,
                near2 - near1,
                near3 - near2,
                passage - near3,
                prox,
                fits.max(0.0),
                fits.min(0.0),
                1.0 / (1.0 + p as f32),
                (fresh.len() as f32).min(6.0) / 6.0,
                (s.words.len() as f32).ln(),
                namec,
                namep,
                anyc,
                maxmiss,
                terms.len() as f32,
                if question.wanted == Wanted::Anything { 0.0 } else { 1.0 },
                i as f32,
                nterms / total,
                total,
            ];
            out.push(Candidate {
                passage: p,
                index: i,
                text: passages[p].text[s.range.clone()].to_owned(),
                features: f,
            });
        }
    }
    out
}
