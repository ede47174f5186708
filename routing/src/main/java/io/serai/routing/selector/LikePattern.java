package io.serai.routing.selector;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of LIKE: {@code %} stands for any characters, {@code _} for one, anything else and what
 * follows the escape character for itself.
 *
 * <p>Runs as a set of positions in the pattern, a bit each, that every character of the text moves
 * on (the Shift-And of Baeza-Yates and Gonnet, with gaps). So a text costs its length times one
 * operation per 64 characters of pattern, whatever the pattern: nothing is ever tried again.
 */
final class LikePattern {
  /** The longest pattern in characters, which bounds the tables below to 40 KB. */
  static final int MAX_CODE_POINTS = 512;

  private static final int ASCII = 128;
  private static final int ANY = -1;

  private final String pattern;

  /** The escape character, -1 for none. */
  private final int escape;

  /** How many characters a text has at least: every position but the gaps. */
  private final int length;

  /** Bit i: any characters may follow the first i. */
  private final long[] gaps;

  /** Per character, bit i + 1: the pattern's i-th (from 0) can be this one. */
  private final long[][] ascii = new long[ASCII][];

  private final Map<Integer, long[]> beyondAscii = new HashMap<>();

  /** The same for characters that the pattern does not name. */
  private final long[] unnamed;

  /**
   * @param pattern what stands after LIKE; the escape character is not its last
   * @param escape what stands after ESCAPE, -1 for none
   */
  LikePattern(String pattern, int escape) {
    this.pattern = pattern;
    this.escape = escape;
    int[] from = pattern.codePoints().toArray();
    int[] named = new int[from.length];
    boolean[] isGap = new boolean[from.length + 1];
    int count = 0;
    for (int i = 0; i < from.length; i++) {
      if (from[i] == escape && i + 1 < from.length) {
        named[count++] = from[++i];
      } else if (from[i] == '%') {
        isGap[count] = true;
      } else {
        named[count++] = from[i] == '_' ? ANY : from[i];
      }
    }
    length = count;
    gaps = new long[(length >> 6) + 1];
    unnamed = new long[gaps.length];
    for (int i = 0; i <= length; i++) {
      if (isGap[i]) {
        set(gaps, i);
      }
    }
    for (int i = 0; i < length; i++) {
      if (named[i] == ANY) {
        set(unnamed, i + 1);
      }
    }
    Arrays.fill(ascii, unnamed);
    for (int i = 0; i < length; i++) {
      if (named[i] != ANY) {
        set(tableOf(named[i]), i + 1);
      }
    }
  }

  private static void set(long[] bits, int index) {
    bits[index >> 6] |= 1L << index;
  }

  /** The character's own table, which starts as that of unnamed ones. */
  private long[] tableOf(int codePoint) {
    if (codePoint >= ASCII) {
      return beyondAscii.computeIfAbsent(codePoint, _ -> unnamed.clone());
    }
    if (ascii[codePoint] == unnamed) {
      ascii[codePoint] = unnamed.clone();
    }
    return ascii[codePoint];
  }

  private long[] accepting(int codePoint) {
    return codePoint < ASCII ? ascii[codePoint] : beyondAscii.getOrDefault(codePoint, unnamed);
  }

  /** Whether the whole text is what the pattern says. */
  boolean matches(String text) {
    return gaps.length == 1 ? matchesShort(text) : matchesLong(text);
  }

  /** For patterns of up to 63 characters: all positions in one word. */
  private boolean matchesShort(String text) {
    long gap = gaps[0];
    long end = 1L << length;
    long at = 1;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      at = ((at << 1) & accepting(c)[0]) | (at & gap);
      if (at == 0) {
        return false;
      }
      if ((at & gap & end) != 0) {
        return true; // it ends in %: the rest is of no matter
      }
    }
    return (at & end) != 0;
  }

  private boolean matchesLong(String text) {
    long[] at = new long[gaps.length];
    at[0] = 1;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      long[] accepting = accepting(c);
      long carried = 0;
      long any = 0;
      for (int word = 0; word < at.length; word++) {
        long before = at[word];
        at[word] = (((before << 1) | carried) & accepting[word]) | (before & gaps[word]);
        carried = before >>> 63;
        any |= at[word];
      }
      if (any == 0) {
        return false;
      }
    }
    return (at[length >> 6] & (1L << length)) != 0;
  }

  void print(StringBuilder out) {
    Literal.printText(pattern, out);
    if (escape >= 0) {
      out.append(" ESCAPE ");
      Literal.printText(Character.toString(escape), out);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LikePattern that
        && pattern.equals(that.pattern)
        && escape == that.escape;
  }

  @Override
  public int hashCode() {
    return pattern.hashCode() * 31 + escape;
  }

  @Override
  public String toString() {
    return pattern;
  }
}
