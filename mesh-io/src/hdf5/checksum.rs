//! The two checksums of HDF5.

/// Bob Jenkins' `lookup3` (`hashlittle`, started with 0), of all structures of newer files.
pub(super) fn lookup3(bytes: &[u8]) -> u32 {
    let start = 0xdead_beef_u32.wrapping_add(bytes.len() as u32);
    let [mut a, mut b, mut c] = [start; 3];
    // The last one to twelve bytes are mixed in another way than those before.
    let whole = bytes.len().saturating_sub(1) / 12 * 12;
    let (blocks, tail) = bytes.split_at(whole);
    let word = |bytes: &[u8]| {
        let mut word = [0; 4];
        for (byte, from) in word.iter_mut().zip(bytes) {
            *byte = *from;
        }
        u32::from_le_bytes(word)
    };
    for block in blocks.as_chunks::<12>().0 {
        a = a.wrapping_add(word(&block[..4]));
        b = b.wrapping_add(word(&block[4..8]));
        c = c.wrapping_add(word(&block[8..]));
        a = a.wrapping_sub(c) ^ c.rotate_left(4);
        c = c.wrapping_add(b);
        b = b.wrapping_sub(a) ^ a.rotate_left(6);
        a = a.wrapping_add(c);
        c = c.wrapping_sub(b) ^ b.rotate_left(8);
        b = b.wrapping_add(a);
        a = a.wrapping_sub(c) ^ c.rotate_left(16);
        c = c.wrapping_add(b);
        b = b.wrapping_sub(a) ^ a.rotate_left(19);
        a = a.wrapping_add(c);
        c = c.wrapping_sub(b) ^ b.rotate_left(4);
        b = b.wrapping_add(a);
    }
    if tail.is_empty() {
        return c;
    }
    let mut last = [0; 12];
    last[..tail.len()].copy_from_slice(tail);
    a = a.wrapping_add(word(&last[..4]));
    b = b.wrapping_add(word(&last[4..8]));
    c = c.wrapping_add(word(&last[8..]));
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    (c ^ b).wrapping_sub(b.rotate_left(24))
}

/// Fletcher's checksum of a chunk, of words of 16 bits, big endian.
pub(super) fn fletcher32(bytes: &[u8]) -> u32 {
    let fold = |sum: u32| (sum & 0xffff) + (sum >> 16);
    let (mut first, mut second) = (0, 0);
    // As many words as cannot overflow the second sum.
    for words in bytes.chunks(2 * 360) {
        for word in words.chunks(2) {
            let high = u32::from(word[0]) << 8;
            first += high | word.get(1).copied().map_or(0, u32::from);
            second += first;
        }
        first = fold(first);
        second = fold(second);
    }
    fold(second) << 16 | fold(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookup3_gives_the_values_of_its_author() {
        assert_eq!(lookup3(b""), 0xdead_beef);
        assert_eq!(lookup3(b"Four score and seven years ago"), 0x1777_0551);
    }

    #[test]
    fn fletcher_is_the_sum_of_words_and_the_sum_of_sums() {
        assert_eq!(fletcher32(&[0, 1, 0, 2]), 4 << 16 | 3);
        assert_eq!(fletcher32(&[1]), 256 << 16 | 256);
        assert_eq!(fletcher32(&[255; 2000]), u32::MAX);
    }
}
