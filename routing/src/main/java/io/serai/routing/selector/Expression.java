package io.serai.routing.selector;

import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * A node of a parsed selector.
 *
 * <p>Its value is null for SQL's NULL, or a {@link Boolean}, {@link String}, {@link Long}, {@link
 * java.math.BigDecimal} (what a long cannot hold), {@link Double}, {@link Operands.Bytes} or {@link
 * Operands#OTHER}.
 */
sealed interface Expression permits Condition, Literal, Field, Signed, Arithmetic {
  /** The value for this message, null when it is unknown. */
  @Nullable Object value(Message message);

  /** The value as a condition; what is no boolean is unknown. */
  default Truth truth(Message message) {
    return value(message) instanceof Boolean holds ? Truth.of(holds) : Truth.UNKNOWN;
  }

  /** What the value will be when it is not null. */
  ValueType type();

  /** How strongly it holds together in writing. */
  Binding binding();

  /** Appends it as a selector writes it. */
  void print(StringBuilder out);

  /** As a selector writes it. */
  default String text() {
    StringBuilder out = new StringBuilder();
    print(out);
    return out.toString();
  }

  /** Appends it, in parentheses when it would fall apart where {@code wanted} is called for. */
  default void print(StringBuilder out, Binding wanted) {
    if (binding().compareTo(wanted) < 0) {
      out.append('(');
      print(out);
      out.append(')');
    } else {
      print(out);
    }
  }

  /** What is known of a value before there is a message. */
  enum ValueType {
    ANY("a header"),
    CONDITION("a condition"),
    NUMBER("a number"),
    TEXT("a text"),
    BYTES("bytes");

    /** With its article, as in an error. */
    final String words;

    ValueType(String words) {
      this.words = words;
    }

    /** Whether a value of this type can be used where {@code wanted} is called for. */
    boolean fits(ValueType wanted) {
      return this == wanted || this == ANY;
    }
  }

  /** Precedence, loosest first. */
  enum Binding {
    OR,
    AND,
    NOT,
    COMPARISON,
    SUM,
    PRODUCT,
    SIGN,
    ATOM
  }
}
