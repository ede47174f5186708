package io.serai.routing.selector;

import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/** {@code -operand} or {@code +operand}: unknown unless the operand is a number. */
record Signed(boolean isMinus, Expression operand) implements Expression {
  @Override
  public @Nullable Object value(Message message) {
    Object value = operand.value(message);
    return !Numbers.isNumber(value) ? null : isMinus ? Numbers.negated(value) : value;
  }

  @Override
  public ValueType type() {
    return ValueType.NUMBER;
  }

  @Override
  public Binding binding() {
    return Binding.SIGN;
  }

  @Override
  public void print(StringBuilder out) {
    out.append(isMinus ? '-' : '+');
    // A sign before a number would become part of it.
    operand.print(out, operand instanceof Literal ? Binding.ATOM : Binding.SIGN);
  }
}
