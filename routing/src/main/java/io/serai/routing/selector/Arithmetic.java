package io.serai.routing.selector;

import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/** Two operands and one of {@code + - * / %}: unknown unless both are numbers. */
record Arithmetic(Operator operator, Expression left, Expression right) implements Expression {
  enum Operator {
    ADD("+", Binding.SUM),
    SUBTRACT("-", Binding.SUM),
    MULTIPLY("*", Binding.PRODUCT),
    DIVIDE("/", Binding.PRODUCT),
    REMAINDER("%", Binding.PRODUCT);

    final String sign;
    final Binding binding;

    Operator(String sign, Binding binding) {
      this.sign = sign;
      this.binding = binding;
    }
  }

  @Override
  public @Nullable Object value(Message message) {
    return Numbers.calculate(operator, left.value(message), right.value(message));
  }

  @Override
  public ValueType type() {
    return ValueType.NUMBER;
  }

  @Override
  public Binding binding() {
    return operator.binding;
  }

  @Override
  public void print(StringBuilder out) {
    left.print(out, binding());
    out.append(' ').append(operator.sign).append(' ');
    right.print(out, binding() == Binding.SUM ? Binding.PRODUCT : Binding.SIGN);
  }
}
