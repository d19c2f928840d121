//! What the answerer knows of languages: words that carry no topic, and words that tell what a
//! question asks for. A language that is missing here is answered too, a little less well.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::words::is_syllable;

/// What a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// An amount: how many, how old.
    Amount,
    /// A moment or a span of time.
    Time,
    /// A person, a place, an organisation.
    Name,
    /// Anything else.
    Anything,
}

/// What a question is written in, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// English.
    English,
    /// Another, or none that could be told.
    Other,
}

impl Language {
    /// The language that most of the words that only tie others together are from.
    pub(super) fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut counts = [0_usize; FUNCTION_WORDS.len()];
        for word in words {
            for (count, language) in counts.iter_mut().zip(function_words()) {
                *count += usize::from(language.contains(word));
            }
        }
        let [english, others @ ..] = counts;
        if others.iter().all(|count| *count < english) { Self::English } else { Self::Other }
    }

    /// Whether a word, in lower case, only ties others together in this language.
    pub(super) fn is_function_word(self, word: &str) -> bool {
        match self {
            Self::English => function_words()[0].contains(word),
            Self::Other => is_function_word(word),
        }
    }
}

/// Whether a word, in lower case, only ties others together in one of the languages.
pub(super) fn is_function_word(word: &str) -> bool {
    function_words().iter().any(|language| language.contains(word))
}

fn function_words() -> &'static [HashSet<&'static str>; FUNCTION_WORDS.len()] {
    static SETS: LazyLock<[HashSet<&str>; FUNCTION_WORDS.len()]> =
        LazyLock::new(|| FUNCTION_WORDS.map(|list| set(&[list])));
    &SETS
}

/// Whether the word after this one, in lower case, names the kind of thing that is asked for, as
/// in `which city` and `how long`. An answer rarely repeats it.
pub(super) fn asks_which(word: &str) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| set(&[WHICH]));
    SET.contains(word)
}

/// Whether a word in lower case tells an amount without digits.
pub(super) fn is_number_word(word: &str) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| set(&[NUMBER_WORDS]));
    SET.contains(word)
}

/// Whether a word in lower case tells a time without digits.
pub(super) fn is_time_word(word: &str) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| set(&[TIME_WORDS]));
    SET.contains(word)
}

/// Whether a word in lower case turns what is said into its opposite.
pub(super) fn is_negation(word: &str) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| set(&[NEGATIONS]));
    SET.contains(word) || word.ends_with("n't")
}

/// The words of some lists.
fn set(lists: &[&'static str]) -> HashSet<&'static str> {
    lists.iter().flat_map(|list| list.split_whitespace()).collect()
}

/// What a question, in lower case and with a blank at each end and between words, asks for.
pub(super) fn wanted(question: &str) -> Wanted {
    let asks = |phrases: &[&str]| phrases.iter().any(|phrase| question.contains(phrase));
    if asks(TIME) {
        Wanted::Time
    } else if asks(AMOUNT) {
        Wanted::Amount
    } else if asks(NAME) {
        Wanted::Name
    } else {
        Wanted::Anything
    }
}

const TIME: &[&str] = &[
    " when ",
    " what year ",
    " which year ",
    " what date ",
    " what day ",
    " what month ",
    " what century ",
    " what decade ",
    " which century ",
    " how long ",
    " what time ",
    " wann ",
    " welchem jahr ",
    " welches jahr ",
    " wie lange ",
    " quand ",
    " quelle année ",
    " cuándo ",
    " qué año ",
    " quando ",
    " que ano ",
    " quale anno ",
    " che anno ",
    " wanneer ",
    " когда ",
    " каком году ",
    "متى",
    "何年",
    "いつ",
    "何月",
    "何世紀",
    "什么时候",
    "何时",
    "哪年",
    "哪一年",
    "几年",
    "几月",
];

const AMOUNT: &[&str] = &[
    " how many ",
    " how much ",
    " how old ",
    " how far ",
    " how large ",
    " how big ",
    " how high ",
    " how tall ",
    " how often ",
    " what percent",
    " what percentage ",
    " what number ",
    " how fast ",
    " wie viel ",
    " wie viele ",
    " wieviel ",
    " wie hoch ",
    " wie alt ",
    " wie oft ",
    " combien ",
    " cuánto ",
    " cuántos ",
    " cuánta ",
    " cuántas ",
    " quanto ",
    " quanti ",
    " quante ",
    " quantos ",
    " quantas ",
    " hoeveel ",
    " сколько ",
    "كم",
    "何人",
    "いくつ",
    "何個",
    "何回",
    "何度",
    "何メートル",
    "どれくらい",
    "どのくらい",
    "多少",
    "几个",
    "几次",
    "多大",
    "多高",
    "多长",
];

const NAME: &[&str] = &[
    " who ",
    " whom ",
    " whose ",
    " wer ",
    " wem ",
    " wen ",
    " wessen ",
    " qui ",
    " quién ",
    " quiénes ",
    " chi ",
    " quem ",
    " wie is ",
    " кто ",
    " кого ",
    " where ",
    " what city ",
    " what country ",
    " which country ",
    " which city ",
    " wo ",
    " où ",
    " dónde ",
    " dove ",
    " onde ",
    " waar ",
    " где ",
    "誰",
    "谁",
];

const WHICH: &str = "what which whose how wie welche welcher welches welchem welchen quel quelle quels \
    quelles qué cuál cuáles que quale quali che qual quais welke wat какой какая какое какие каком \
    каких какую каким какими какого أي أية";

const NUMBER_WORDS: &str = "zero one two three four five six seven eight nine ten eleven twelve \
    dozen hundred thousand million billion half third quarter several many few once twice \
    null zwei drei vier fünf sechs sieben acht neun zehn elf zwölf hundert tausend \
    million millionen deux trois quatre cinq sept huit neuf dix cent mille dos tres cuatro cinco \
    seis siete ocho nueve diez cien mil due tre quattro sei sette otto nove dieci";

const NEGATIONS: &str = "not no never none nor neither without cannot unless except least \
    nicht kein keine keinen nie niemals ohne außer pas jamais aucun aucune sans no nunca ningún \
    ninguna sin non mai senza não niet geen nooit zonder не ни нет без никогда لا لم لن ليس غير";

const TIME_WORDS: &str = "january february march april may june july august september october \
    november december monday tuesday wednesday thursday friday saturday sunday century decade year \
    years month months week weeks day days daily weekly monthly yearly annually hour hours morning \
    evening night today yesterday spring summer autumn winter until since during januar februar \
    märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag \
    sonntag jahrhundert jahr jahre jahren monat monate woche wochen tag tage stunden täglich \
    janvier février mars avril juin juillet août septembre octobre novembre décembre siècle année \
    années mois jours heures enero febrero marzo mayo junio julio agosto septiembre octubre \
    noviembre diciembre siglo año años meses semanas días horas";

/// By language: English, German, French, Spanish, Italian, Portuguese, Dutch, Russian, Arabic;
/// question words among them.
const FUNCTION_WORDS: [&str; 9] = [
    "a an the and or but nor so if then than that this these those there here of in on at by for \
     from to into onto with without within about as is are was were be been being am do does did \
     done has have had having can could may might must shall should will would not no yes it its \
     he him his she her hers they them their theirs we us our you your i me my mine who whom whose \
     which what when where why how many much some any each both all other such same own also just \
     only very too up down out over under again during after before between through because until \
     while against further once name called kind type tell please list describe explain give",
    "der die das den dem des ein eine einen einem einer eines und oder aber wenn dann als dass \
     dieser diese dieses diesem diesen dort hier von vom in im an am auf bei für aus zu zum zur \
     mit ohne über unter um nach vor durch gegen ist sind war waren sein wird werden wurde wurden \
     worden hat haben hatte hatten kann können konnte konnten muss müssen darf soll sollen nicht \
     kein keine es er ihn ihm sie ihr ihre ihren ihrem seine seinen seinem wir uns unser ich mich \
     mir mein man sich wer wen wem wessen was welche welcher welches welchen welchem wann wo wohin \
     woher warum wieso wie viel viele auch nur noch sehr bis während zwischen nannte heißt gibt",
    "le la les un une des du de d et ou mais si que qui quoi dont où quand comment pourquoi \
     combien quel quelle quels quelles ce cet cette ces ça il elle ils elles on nous vous je tu me \
     te se lui leur leurs son sa ses mon ma mes notre votre en y à au aux dans par pour sur sous \
     avec sans chez vers est sont était étaient être été a ont avait avaient avoir fait ne pas \
     plus moins très aussi comme est-ce c'est qu'est-ce l'",
    "el la los las un una unos unas y e o u pero si que qué quién quiénes cuál cuáles cuándo dónde \
     cómo cuánto cuántos cuánta cuántas por para con sin sobre entre de del al en a es son era \
     eran fue fueron ser sido está están estaba hay ha han había no sí se su sus le les lo me mi \
     nos este esta estos estas ese esa eso como más menos muy también",
    "il lo la i gli le un uno una e o ma se che chi cosa quale quali quando dove come perché \
     quanto quanti quanta quante di del della dei degli delle da dal dalla in nel nella a al alla \
     con su sul sulla per tra fra è sono era erano essere stato stata ha hanno aveva non si suo \
     sua suoi loro questo questa questi più meno molto anche",
    "o a os as um uma uns umas e ou mas se que quem qual quais quando onde como por porque quanto \
     quantos quanta quantas de do da dos das em no na nos nas ao à aos às com sem sobre entre para \
     é são era eram foi foram ser sido está estão há tem têm tinha não se seu sua seus suas este \
     esta isso mais menos muito também",
    "de het een en of maar als dat die dit deze wie wat welke wanneer waar waarom hoe hoeveel van \
     in op aan bij voor uit naar met zonder over onder door is zijn was waren worden wordt werd \
     werden heeft hebben had hadden kan kunnen niet geen er hij zij ze hun we ons ik mijn ook nog",
    "и или но а если что кто кого кому чем какой какая какое какие каком какого когда где куда \
     откуда почему зачем как сколько в во на по с со из у к ко о об от до за для при не ни это \
     этот эта эти тот та те был была было были быть есть он она оно они его её их ему им я мы вы \
     который которая которое которые свой своей также только году",
    "في من على إلى عن مع هو هي هم ما ماذا من متى أين كيف كم لماذا أي هل التي الذي الذين هذا هذه \
     ذلك تلك كان كانت يكون أن إن لا لم لن قد و أو ثم بعد قبل بين كل بعض عند تم",
];

/// How much a pair of characters says, 0 to 1: little where one of them is grammar.
pub(super) fn substance(pair: &str) -> f32 {
    const CHINESE: &str = "的了是在和与及或有为被把对从到等中上下";
    let grammatical = |c: char| is_syllable(c) || CHINESE.contains(c);
    if pair.chars().any(grammatical) { 0.25 } else { 1.0 }
}

/// Whether a pair of characters asks, in Chinese or Japanese, and so has no topic.
pub(super) fn asks(pair: &str) -> bool {
    pair.chars().any(|c| "何誰谁哪什么吗呢几".contains(c))
}
