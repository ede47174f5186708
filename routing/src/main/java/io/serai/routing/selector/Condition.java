package io.serai.routing.selector;

import io.serai.model.Message;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A node whose value is true, false or unknown. */
sealed interface Condition extends Expression {
  @Override
  Truth truth(Message message);

  @Override
  default @Nullable Object value(Message message) {
    return switch (truth(message)) {
      case TRUE -> true;
      case FALSE -> false;
      case UNKNOWN -> null;
    };
  }

  @Override
  default ValueType type() {
    return ValueType.CONDITION;
  }

  @Override
  default Binding binding() {
    return Binding.COMPARISON;
  }

  private static void printAll(
      StringBuilder out, List<Expression> all, String between, Binding wanted) {
    for (int i = 0; i < all.size(); i++) {
      out.append(i == 0 ? "" : between);
      all.get(i).print(out, wanted);
    }
  }

  /** True when all operands are, and false as soon as one is: the rest is not looked at. */
  record And(List<Expression> operands) implements Condition {
    public And {
      operands = List.copyOf(operands);
    }

    @Override
    public Truth truth(Message message) {
      Truth result = Truth.TRUE;
      for (int i = 0; i < operands.size() && result != Truth.FALSE; i++) {
        result = result.and(operands.get(i).truth(message));
      }
      return result;
    }

    @Override
    public Binding binding() {
      return Binding.AND;
    }

    @Override
    public void print(StringBuilder out) {
      printAll(out, operands, " AND ", Binding.NOT);
    }
  }

  /** False when all operands are, and true as soon as one is: the rest is not looked at. */
  record Or(List<Expression> operands) implements Condition {
    public Or {
      operands = List.copyOf(operands);
    }

    @Override
    public Truth truth(Message message) {
      Truth result = Truth.FALSE;
      for (int i = 0; i < operands.size() && result != Truth.TRUE; i++) {
        result = result.or(operands.get(i).truth(message));
      }
      return result;
    }

    @Override
    public Binding binding() {
      return Binding.OR;
    }

    @Override
    public void print(StringBuilder out) {
      printAll(out, operands, " OR ", Binding.AND);
    }
  }

  /** {@code NOT operand}. */
  record Not(Expression operand) implements Condition {
    @Override
    public Truth truth(Message message) {
      return operand.truth(message).negated();
    }

    @Override
    public Binding binding() {
      return Binding.NOT;
    }

    @Override
    public void print(StringBuilder out) {
      out.append("NOT ");
      operand.print(out, Binding.NOT);
    }
  }

  /** {@code left < right} and its like. */
  record Comparison(Comparator comparator, Expression left, Expression right) implements Condition {
    @Override
    public Truth truth(Message message) {
      return comparator.truth(left.value(message), right.value(message));
    }

    @Override
    public void print(StringBuilder out) {
      left.print(out, Binding.SUM);
      out.append(' ').append(comparator.sign).append(' ');
      right.print(out, Binding.SUM);
    }
  }

  /** The comparison operators. */
  enum Comparator {
    EQUAL("="),
    DIFFERENT("<>"),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">=");

    final String sign;

    Comparator(String sign) {
      this.sign = sign;
    }

    /** Unknown when an operand is null, false when they are not of like types. */
    Truth truth(@Nullable Object left, @Nullable Object right) {
      if (this == EQUAL) {
        return Operands.equal(left, right);
      }
      if (this == DIFFERENT) {
        return Operands.different(left, right);
      }
      if (left == null || right == null) {
        return Truth.UNKNOWN;
      }
      Integer order = Operands.compare(left, right);
      return Truth.of(order != null && accepts(order));
    }

    private boolean accepts(int order) {
      return switch (this) {
        case EQUAL -> order == 0;
        case DIFFERENT -> order != 0;
        case LESS -> order < 0;
        case LESS_OR_EQUAL -> order <= 0;
        case GREATER -> order > 0;
        case GREATER_OR_EQUAL -> order >= 0;
      };
    }
  }

  /**
   * {@code subject [NOT] BETWEEN low AND high}: {@code subject >= low AND subject <= high}, or
   * {@code subject < low OR subject > high}.
   */
  record Between(Expression subject, Expression low, Expression high, boolean isNegated)
      implements Condition {
    @Override
    public Truth truth(Message message) {
      Object value = subject.value(message);
      Object from = low.value(message);
      Object to = high.value(message);
      return isNegated
          ? Comparator.LESS.truth(value, from).or(Comparator.GREATER.truth(value, to))
          : Comparator.GREATER_OR_EQUAL
              .truth(value, from)
              .and(Comparator.LESS_OR_EQUAL.truth(value, to));
    }

    @Override
    public void print(StringBuilder out) {
      subject.print(out, Binding.SUM);
      out.append(isNegated ? " NOT BETWEEN " : " BETWEEN ");
      low.print(out, Binding.SUM);
      out.append(" AND ");
      high.print(out, Binding.SUM);
    }
  }

  /**
   * {@code subject IN (items)}: {@code subject = item OR subject = item}.
   *
   * @param texts the items if all of them are texts, else null
   */
  record In(Expression subject, List<Expression> items, @Nullable Set<String> texts)
      implements Condition {
    In(Expression subject, List<Expression> items) {
      this(subject, List.copyOf(items), textsOf(items));
    }

    private static @Nullable Set<String> textsOf(List<Expression> items) {
      Set<String> texts = new HashSet<>();
      for (Expression item : items) {
        if (!(item instanceof Literal(String text))) {
          return null;
        }
        texts.add(text);
      }
      return Set.copyOf(texts);
    }

    @Override
    public Truth truth(Message message) {
      Object value = subject.value(message);
      if (value == null) {
        return Truth.UNKNOWN;
      }
      Set<String> known = texts;
      if (known != null) {
        return Truth.of(value instanceof String text && known.contains(text));
      }
      Truth result = Truth.FALSE;
      for (Expression item : items) {
        Truth isItem = Operands.equal(value, item.value(message));
        if (isItem == Truth.TRUE) {
          return isItem;
        }
        result = isItem == Truth.UNKNOWN ? isItem : result;
      }
      return result;
    }

    @Override
    public void print(StringBuilder out) {
      subject.print(out, Binding.SUM);
      out.append(" IN (");
      printAll(out, items, ", ", Binding.SUM);
      out.append(')');
    }
  }

  /** {@code field IS NULL}: never unknown. */
  record IsNull(Field field) implements Condition {
    @Override
    public Truth truth(Message message) {
      return Truth.of(field.value(message) == null);
    }

    @Override
    public void print(StringBuilder out) {
      field.print(out);
      out.append(" IS NULL");
    }
  }

  /** {@code subject LIKE pattern}: unknown unless the subject is a text. */
  record Like(Expression subject, LikePattern pattern) implements Condition {
    @Override
    public Truth truth(Message message) {
      return subject.value(message) instanceof String text
          ? Truth.of(pattern.matches(text))
          : Truth.UNKNOWN;
    }

    @Override
    public void print(StringBuilder out) {
      subject.print(out, Binding.SUM);
      out.append(" LIKE ");
      pattern.print(out);
    }
  }
}
