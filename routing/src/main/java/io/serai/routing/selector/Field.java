package io.serai.routing.selector;

import io.serai.model.Message;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A value that the message has, if it has it. */
sealed interface Field extends Expression {
  @Override
  default ValueType type() {
    return ValueType.ANY;
  }

  @Override
  default Binding binding() {
    return Binding.ATOM;
  }

  /** The first application header of a name. */
  record HeaderField(String name) implements Field {
    /** Names that read as themselves; every other is printed in brackets. */
    private static final Pattern PLAIN = Pattern.compile("(?!JMS)[A-Za-z_$][A-Za-z0-9_$]*");

    @Override
    public @Nullable Object value(Message message) {
      return Operands.of(message.headers().first(name));
    }

    @Override
    public void print(StringBuilder out) {
      if (PLAIN.matcher(name).matches()
          && !Lexer.RESERVED.contains(name.toUpperCase(Locale.ROOT))) {
        out.append(name);
      } else {
        out.append('[').append(name.replace("]", "]]")).append(']');
      }
    }
  }

  /** One of the typed properties. */
  record PropertyField(Property property) implements Field {
    @Override
    public @Nullable Object value(Message message) {
      return property.of(message);
    }

    @Override
    public void print(StringBuilder out) {
      out.append(property.spelling);
    }
  }
}
