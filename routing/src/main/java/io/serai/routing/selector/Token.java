package io.serai.routing.selector;

/**
 * A word of a selector.
 *
 * @param offset where it starts in the text
 * @param end where it ends, exclusive
 * @param value what it says: the keyword in upper case or the symbol, the unquoted name or text, or
 *     the number
 */
record Token(Kind kind, int offset, int end, Object value) {
  enum Kind {
    KEYWORD,
    SYMBOL,
    NAME,
    QUOTED_NAME,
    TEXT,
    BYTES,
    NUMBER,
    END
  }

  /** Whether this is the keyword or symbol. */
  boolean is(String spelling) {
    return (kind == Kind.KEYWORD || kind == Kind.SYMBOL) && value.equals(spelling);
  }
}
