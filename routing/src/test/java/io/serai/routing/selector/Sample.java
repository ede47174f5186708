package io.serai.routing.selector;

import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Messages to ask selectors about. */
final class Sample {
  static final long RECEIVED_MILLIS = 1_700_000_000_000L;

  /** One header of every kind; {@code nil} is there and null, {@code none} is not there. */
  static final Message MESSAGE =
      of(
          Properties.NONE,
          header("yes", new Value.Bool(true)),
          header("no", new Value.Bool(false)),
          header("nil", Value.NULL),
          header("country", Value.of("UK")),
          header("empty", Value.of("")),
          header("quote", Value.of("UK's")),
          header("text", Value.of("This is a test")),
          header("digits", Value.of("5")),
          header("symbol", new Value.Symbol("green")),
          header("letter", new Value.Char('x')),
          header("uuid", new Value.Uuid(new UUID(1, 2))),
          header("utf8", new Value.Binary("käse".getBytes(StandardCharsets.UTF_8))),
          header("raw", new Value.Binary(new byte[] {0, (byte) 0xFF})),
          header("list", new Value.ListOf(List.of(Value.of("UK")))),
          header("b", new Value.Byte((byte) -5)),
          header("ub", new Value.UByte(200)),
          header("s", new Value.Short((short) -300)),
          header("us", new Value.UShort(60_000)),
          header("i", new Value.Int(5)),
          header("ui", new Value.UInt(4_000_000_000L)),
          header("l", new Value.Long(Long.MAX_VALUE)),
          header("min", new Value.Long(Long.MIN_VALUE)),
          header("ul", new Value.ULong(-1)),
          header("ul5", new Value.ULong(5)),
          header("float", new Value.Float(21.3f)),
          header("double", new Value.Double(10.5)),
          header("nan", new Value.Double(Double.NaN)),
          header("decimal", new Value.Decimal(new BigDecimal("12.34"), 32)),
          header("huge", new Value.Decimal(new BigDecimal("1E6144"), 128)),
          header("time", new Value.Timestamp(RECEIVED_MILLIS)),
          header("order-id", new Value.Int(7)),
          header("a.b", Value.of("dotted")),
          header("and", Value.of("keyword")),
          header("JMSPriority", Value.of("a header")),
          header("x]y", Value.of("bracket")),
          header("dup", Value.of("first")),
          header("dup", Value.of("second")));

  private Sample() {}

  static Header header(String name, Value value) {
    return new Header(name, value);
  }

  static Message of(Properties properties, Header... headers) {
    return of(new Encoding.Neutral(properties, Headers.of(headers)));
  }

  static Message of(Encoding encoding) {
    return new Message(
        Address.ofQueue("q"), encoding, Body.EMPTY, Origin.ofBroker("/"), RECEIVED_MILLIS);
  }

  /** What the text is of the message, read in the words of JMS. */
  static Truth truth(String text, Message message) throws SelectorException {
    return new Parser(text, Dialect.JMS).selector().truth(message);
  }
}
