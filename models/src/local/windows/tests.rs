#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use proptest::prelude::*;

use super::*;

/// A token for each character.
fn tokenise(slice: Slice) -> Vec<Tokenised> {
    let piece = |piece: Piece| Tokenised {
        text: piece.text,
        ids: piece.content.chars().map(u32::from).collect(),
        last: piece.last,
    };
    slice.pieces.into_iter().map(piece).collect()
}

fn windows(call: &mut Call<'_>) -> Vec<Window> {
    let mut windows = Vec::new();
    while let Some(slice) = call.next_slice() {
        windows.extend(call.windows_of(tokenise(slice)));
    }
    windows
}

fn check(texts: &[&str], expect: &[(usize, &str)]) {
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    let ids = |text: &str| text.chars().map(u32::from).collect();
    let expect: Vec<Window> =
        expect.iter().map(|(text, ids_of)| Window { text: *text, ids: ids(ids_of) }).collect();
    assert_eq!(windows(&mut Call::new(&texts, "", 4)), expect);
}

#[test]
fn texts_are_cut_into_windows() {
    check(&[], &[]);
    check(&[""], &[(0, "")]);
    check(&["abcd"], &[(0, "abcd")]);
    check(&["abcde", "", "xy"], &[(0, "abcd"), (0, "e"), (1, ""), (2, "xy")]);
}

proptest! {
    /// Nothing of a text is lost or moved, however it is cut into pieces.
    #[test]
    fn windows_cover_the_texts(lengths in prop::collection::vec(0_usize..200_000, 0..6)) {
        let texts: Vec<String> =
            lengths.iter().map(|length| "ab cd ".chars().cycle().take(*length).collect()).collect();
        let mut call = Call::new(&texts, "", 254);
        let windows = windows(&mut call);
        for (at, text) in texts.iter().enumerate() {
            let own: Vec<&Window> = windows.iter().filter(|window| window.text == at).collect();
            let ids: Vec<u32> = own.iter().flat_map(|window| window.ids.clone()).collect();
            prop_assert_eq!(ids, text.chars().map(u32::from).collect::<Vec<_>>());
            prop_assert_eq!(own.len(), call.sums[at].windows);
            prop_assert_eq!(own.len(), text.len().div_ceil(254).max(1));
        }
    }
}

#[tokio::test]
async fn vectors_are_averaged_by_tokens() {
    let texts = ["abcde".to_owned()];
    let mut call = Call::new(&texts, "", 4);
    assert_eq!(windows(&mut call).len(), 2);
    for (tokens, vector) in [(4, vec![1.0, 0.0]), (1, vec![0.0, 1.0])] {
        let (sender, reply) = tokio::sync::oneshot::channel();
        sender.send(Ok(vector)).unwrap();
        call.expect(0, tokens, reply).await.unwrap();
    }
    let embedding = call.embeddings().await.unwrap().remove(0);
    assert_eq!((embedding.windows, embedding.tokens), (2, 5));
    let length = 17.0_f32.sqrt();
    for (x, expected) in embedding.vector.iter().zip([4.0 / length, 1.0 / length]) {
        assert!((x - expected).abs() < 1e-6, "{:?}", embedding.vector);
    }
}

#[tokio::test]
async fn a_stopped_engine_is_an_error() {
    let texts = ["a".to_owned()];
    let mut call = Call::new(&texts, "", 4);
    let (sender, reply) = tokio::sync::oneshot::channel();
    drop(sender);
    call.expect(0, 1, reply).await.unwrap();
    assert!(matches!(call.embeddings().await, Err(EmbedError::Unavailable { .. })));
}
