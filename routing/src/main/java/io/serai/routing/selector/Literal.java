package io.serai.routing.selector;

import io.serai.model.Message;
import java.math.BigDecimal;

/** A value that the selector spells out. */
record Literal(Object constant) implements Expression {
  @Override
  public Object value(Message message) {
    return constant;
  }

  @Override
  public ValueType type() {
    return switch (constant) {
      case Boolean _ -> ValueType.CONDITION;
      case String _ -> ValueType.TEXT;
      case Operands.Bytes _ -> ValueType.BYTES;
      default -> ValueType.NUMBER;
    };
  }

  @Override
  public Binding binding() {
    return isNegative() ? Binding.SIGN : Binding.ATOM;
  }

  private boolean isNegative() {
    return switch (constant) {
      case Long number -> number < 0;
      case BigDecimal number -> number.signum() < 0;
      case Double number -> Math.copySign(1, number) < 0;
      default -> false;
    };
  }

  @Override
  public void print(StringBuilder out) {
    switch (constant) {
      case String text -> printText(text, out);
      case Boolean holds -> out.append(holds ? "TRUE" : "FALSE");
      case BigDecimal number -> out.append(number.toPlainString());
      default -> out.append(constant);
    }
  }

  static void printText(String text, StringBuilder out) {
    out.append('\'').append(text.replace("'", "''")).append('\'');
  }
}
