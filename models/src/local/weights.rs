//! The numbers of a model, read from its safetensors file one tensor at a time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;

use safetensors::tensor::{Dtype, Metadata, TensorInfo};

use super::LocalError;

/// A header of this size would name millions of tensors.
const MOST_HEADER_BYTES: u64 = 64 << 20;

/// An open weights file.
#[derive(Debug)]
pub(super) struct Weights {
    path: PathBuf,
    file: Mutex<File>,
    metadata: Metadata,
    data_start: u64,
    /// What all names of the encoder begin with, as `bert.`, or nothing.
    prefix: String,
}

impl Weights {
    /// Reads the header.
    pub(super) fn open(path: &Path) -> Result<Self, LocalError> {
        let unreadable = || LocalError::unreadable(path);
        let mut file = File::open(path).map_err(unreadable())?;
        let mut length = [0; 8];
        file.read_exact(&mut length).map_err(unreadable())?;
        let header_bytes = u64::from_le_bytes(length);
        if header_bytes > MOST_HEADER_BYTES {
            return Err(LocalError::damaged(path, "its header is too long"));
        }
        let mut header = Vec::new();
        (&file).take(header_bytes).read_to_end(&mut header).map_err(unreadable())?;
        let metadata: Metadata =
            serde_json::from_slice(&header).map_err(|error| LocalError::damaged(path, error))?;
        let prefix = prefix(&metadata);
        let data_start = 8 + header_bytes;
        let expected = data_start + metadata.data_len() as u64;
        if file.metadata().map_err(unreadable())?.len() < expected {
            return Err(LocalError::damaged(path, "it was cut short"));
        }
        Ok(Self { path: path.to_owned(), file: Mutex::new(file), metadata, data_start, prefix })
    }

    /// The shape of a tensor of the encoder.
    pub(super) fn shape(&self, name: &str) -> Result<&[usize], LocalError> {
        Ok(&self.info(name)?.shape)
    }

    /// The shape of a matrix of the encoder.
    pub(super) fn matrix(&self, name: &str) -> Result<[usize; 2], LocalError> {
        let no_matrix = |_| LocalError::damaged(&self.path, format!("'{name}' is no matrix"));
        self.shape(name)?.try_into().map_err(no_matrix)
    }

    /// A tensor of the encoder, as 32-bit numbers.
    pub(super) fn read(&self, name: &str) -> Result<Vec<f32>, LocalError> {
        let info = self.info(name)?;
        let (start, end) = info.data_offsets;
        let mut bytes = vec![0; end - start];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(self.data_start + start as u64))
                .and_then(|_| file.read_exact(&mut bytes))
                .map_err(LocalError::unreadable(&self.path))?;
        }
        match info.dtype {
            Dtype::F32 => Ok(numbers(&bytes, f32::from_le_bytes)),
            Dtype::F16 => Ok(numbers(&bytes, |two| from_half(u16::from_le_bytes(two)))),
            Dtype::BF16 => {
                Ok(numbers(&bytes, |two| f32::from_bits(u32::from(u16::from_le_bytes(two)) << 16)))
            }
            other => Err(LocalError::damaged(&self.path, format!("'{name}' is of type {other}"))),
        }
    }

    /// A matrix that multiplies from the left, as [`Self::read`], turned to multiply from the right.
    pub(super) fn read_transposed(&self, name: &str) -> Result<Vec<f32>, LocalError> {
        let [rows, columns] = self.matrix(name)?;
        let matrix = self.read(name)?;
        let turned = (0..columns).flat_map(|column| (0..rows).map(move |row| (row, column)));
        Ok(turned.map(|(row, column)| matrix[row * columns + column]).collect())
    }

    fn info(&self, name: &str) -> Result<&TensorInfo, LocalError> {
        let full = format!("{}{name}", self.prefix);
        self.metadata
            .info(&full)
            .ok_or_else(|| LocalError::damaged(&self.path, format!("it has no tensor '{full}'")))
    }
}

/// Checkpoints of a network with a head on it name the encoder first.
fn prefix(metadata: &Metadata) -> String {
    const WORDS: &str = "embeddings.word_embeddings.weight";
    let names = metadata.offset_keys();
    let words = names.iter().find_map(|name| name.strip_suffix(WORDS));
    words.unwrap_or_default().to_owned()
}

fn numbers<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|chunk| number(*chunk)).collect()
}

/// A 16-bit floating point number: 1 bit of sign, 5 of exponent, 10 of fraction.
fn from_half(half: u16) -> f32 {
    let sign = u32::from(half >> 15) << 31;
    let exponent = u32::from(half >> 10) & 0x1f;
    let fraction = u32::from(half) & 0x3ff;
    let magnitude = match (exponent, fraction) {
        // Zero and the numbers too small for an exponent: the fraction counts 2^-24.
        (0, fraction) => {
            (f32::from(u16::try_from(fraction).unwrap_or(0)) * 2.0_f32.powi(-24)).to_bits()
        }
        (0x1f, fraction) => 0xff << 23 | fraction << 13,
        (exponent, fraction) => (exponent + 127 - 15) << 23 | fraction << 13,
    };
    f32::from_bits(sign | magnitude)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use safetensors::tensor::{TensorView, serialize};

    use super::*;

    fn file(dtype: Dtype, bytes: &[u8], shape: &[usize]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        let tensor = TensorView::new(dtype, shape.to_vec(), bytes).unwrap();
        let name = "bert.embeddings.word_embeddings.weight".to_owned();
        std::fs::write(&path, serialize([(name, tensor)], None).unwrap()).unwrap();
        (folder, path)
    }

    fn check(dtype: Dtype, bytes: &[u8], expect: &[f32]) {
        let (_folder, path) = file(dtype, bytes, &[expect.len()]);
        let weights = Weights::open(&path).unwrap();
        assert_eq!(weights.read("embeddings.word_embeddings.weight").unwrap(), expect);
    }

    #[test]
    fn all_widths_are_read() {
        let floats = [1.5_f32, -0.25].map(f32::to_le_bytes).concat();
        check(Dtype::F32, &floats, &[1.5, -0.25]);
        let brain = [0x3fc0_u16, 0xbe80].map(u16::to_le_bytes).concat();
        check(Dtype::BF16, &brain, &[1.5, -0.25]);
        let halves = [0x3e00_u16, 0xb400, 0x0001, 0x7bff, 0x7c00].map(u16::to_le_bytes).concat();
        let smallest = 2.0_f32.powi(-24);
        check(Dtype::F16, &halves, &[1.5, -0.25, smallest, 65504.0, f32::INFINITY]);
    }

    #[test]
    fn matrices_are_turned() {
        let bytes = [1_f32, 2., 3., 4., 5., 6.].map(f32::to_le_bytes).concat();
        let (_folder, path) = file(Dtype::F32, &bytes, &[2, 3]);
        let turned = Weights::open(&path).unwrap();
        let turned = turned.read_transposed("embeddings.word_embeddings.weight").unwrap();
        assert_eq!(turned, [1., 4., 2., 5., 3., 6.]);
    }

    #[test]
    fn damage_is_said() {
        let bytes = 1_f32.to_le_bytes();
        let (_folder, path) = file(Dtype::F32, &bytes, &[1]);
        let weights = Weights::open(&path).unwrap();
        let missing = weights.read("pooler").unwrap_err().to_string();
        assert!(missing.contains("no tensor 'bert.pooler'"), "{missing}");
        let whole = std::fs::read(&path).unwrap();
        for length in [0, 5, 20, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(Weights::open(&path).is_err(), "{length} of {} bytes", whole.len());
        }
        std::fs::write(&path, [0xff; 64]).unwrap();
        assert!(Weights::open(&path).is_err());
    }
}
