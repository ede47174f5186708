package io.serai.security;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression over names, read as RabbitMQ reads its permissions: it matches when it is
 * found anywhere in the name ({@code ^} and {@code $} anchor it), and the empty expression matches
 * nothing. Immutable.
 *
 * <p>Expressions are the operator's and names are the peer's, so matching is bounded: an expression
 * that backtracks beyond {@link #MAX_STEPS} on a name does not match it.
 */
public final class AccessPattern {
  /** Matches no name. */
  public static final AccessPattern NOTHING = new AccessPattern("", null);

  /** Matches every name. */
  public static final AccessPattern EVERYTHING = new AccessPattern(".*", null);

  /** Characters looked at before a match is given up: about 10 ms. */
  static final int MAX_STEPS = 1_000_000;

  private final String source;
  private final @Nullable Pattern pattern;

  private AccessPattern(String source, @Nullable Pattern pattern) {
    this.source = source;
    this.pattern = pattern;
  }

  /**
   * Compiles an expression.
   *
   * @throws IllegalArgumentException saying what is wrong and where in the expression
   */
  public static AccessPattern of(String expression) {
    return compiled(expression, expression);
  }

  /** Compiles {@code expression}, remembering that it was written as {@code source}. */
  static AccessPattern compiled(String source, String expression) {
    switch (expression) {
      case "" -> {
        return NOTHING;
      }
      case ".*", "^.*$", "^.*", ".*$" -> {
        // What operators write for "everything"; worth no matching.
        return EVERYTHING;
      }
      default -> {
        try {
          // UNIX_LINES: as in PCRE, only \n is a line end to '.' and '$'.
          return new AccessPattern(source, Pattern.compile(expression, Pattern.UNIX_LINES));
        } catch (PatternSyntaxException e) {
          throw new IllegalArgumentException(
              "'"
                  + source
                  + "' is not a regular expression: "
                  + e.getDescription()
                  + (e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1)),
              e);
        }
      }
    }
  }

  /** Whether the expression is found in {@code name}. */
  public boolean matches(String name) {
    if (pattern == null) {
      return this == EVERYTHING;
    }
    Matcher matcher = pattern.matcher(new Metered(name, new int[] {MAX_STEPS}, 0, name.length()));
    try {
      return matcher.find();
    } catch (TooManySteps | StackOverflowError _) {
      return false; // fail closed
    }
  }

  /** Whether it matches whatever the name is, so that asking needs no work. */
  boolean isConstant() {
    return pattern == null;
  }

  /** The expression as it was written. */
  public String source() {
    return source;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AccessPattern that && source.equals(that.source);
  }

  @Override
  public int hashCode() {
    return source.hashCode();
  }

  @Override
  public String toString() {
    return source;
  }

  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManySteps() {
      super("", null, false, false);
    }
  }

  /** A name that counts how often the matcher looks at it. */
  private record Metered(String text, int[] stepsLeft, int from, int to) implements CharSequence {
    @Override
    public char charAt(int index) {
      if (--stepsLeft[0] < 0) {
        throw new TooManySteps();
      }
      return text.charAt(from + index);
    }

    @Override
    public int length() {
      return to - from;
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Metered(text, stepsLeft, from + start, from + end);
    }

    @Override
    public String toString() {
      return text.substring(from, to);
    }
  }
}
