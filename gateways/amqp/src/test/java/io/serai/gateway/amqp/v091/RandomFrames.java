package io.serai.gateway.amqp.v091;

import io.serai.gateway.amqp.v091.Amqp091Frame.Heartbeat;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Frames of every kind with arbitrary but valid contents. */
final class RandomFrames {
  private static final List<Class<?>> METHODS =
      Arrays.stream(Amqp091Frame.Method.class.getPermittedSubclasses())
          .flatMap(group -> Arrays.stream(group.getPermittedSubclasses()))
          .toList();

  private final Random random;

  RandomFrames(long seed) {
    this.random = new Random(seed);
  }

  Amqp091Frame next() {
    return switch (random.nextInt(8)) {
      case 0 -> Heartbeat.HEARTBEAT;
      case 1, 2, 3 -> publish();
      default -> method(METHODS.get(random.nextInt(METHODS.size())));
    };
  }

  static List<Class<?>> methods() {
    return METHODS;
  }

  /** A method with every field set at random. */
  Amqp091Frame method(Class<?> type) {
    try {
      RecordComponent[] components = type.getRecordComponents();
      Object[] values = new Object[components.length];
      Class<?>[] types = new Class<?>[components.length];
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        values[i] = field(components[i]);
      }
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return (Amqp091Frame) constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private Object field(RecordComponent field) {
    Class<?> type = field.getType();
    if (type == int.class) {
      return field.getName().startsWith("version") ? random.nextInt(256) : random.nextInt(65536);
    }
    if (type == long.class) {
      boolean is64 = field.getName().equals("deliveryTag");
      return is64 ? random.nextLong() : random.nextLong(1L << 32);
    }
    if (type == boolean.class) {
      return random.nextBoolean();
    }
    if (type == String.class) {
      return text(random.nextInt(40));
    }
    if (type == byte[].class) {
      return bytes(random.nextInt(300));
    }
    return table(0);
  }

  Publish publish() {
    var address =
        new Address(text(random.nextInt(12)), Topic.of(text(random.nextInt(30)), Spelling.DOT));
    return new Publish(
        random.nextInt(4),
        address,
        random.nextBoolean(),
        random.nextBoolean(),
        Amqp091Mapping.encode(properties(), headers()),
        Body.of(bytes(random.nextInt(5) == 0 ? random.nextInt(20_000) : random.nextInt(64))));
  }

  Properties properties() {
    var b = Properties.builder();
    if (random.nextBoolean()) {
      b.contentType(text(10)).priority(random.nextInt(256));
    }
    if (random.nextBoolean()) {
      b.contentEncoding(text(5)).correlationId(new Value.Str(text(20)));
    }
    if (random.nextBoolean()) {
      b.expiryMillis(random.nextInt(1_000_000)).durable(random.nextBoolean());
    }
    if (random.nextBoolean()) {
      b.timestampMillis(random.nextInt() & 0xFFFFFFFFL).type(text(8)).appId(text(9));
    }
    return b.build();
  }

  Headers headers() {
    List<Header> headers = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      headers.add(new Header("h" + i + text(3), value(0)));
    }
    return Headers.of(headers);
  }

  Value.MapOf table(int depth) {
    List<Value.Entry> entries = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      entries.add(new Value.Entry(new Value.Str(text(random.nextInt(10))), value(depth)));
    }
    return new Value.MapOf(entries);
  }

  private Value value(int depth) {
    return switch (random.nextInt(depth > 3 ? 15 : 17)) {
      case 0 -> Value.NULL;
      case 1 -> new Value.Bool(random.nextBoolean());
      case 2 -> new Value.Byte((byte) random.nextInt());
      case 3 -> new Value.UByte(random.nextInt(256));
      case 4 -> new Value.Short((short) random.nextInt());
      case 5 -> new Value.UShort(random.nextInt(65536));
      case 6 -> new Value.Int(random.nextInt());
      case 7 -> new Value.UInt(random.nextLong(1L << 32));
      case 8 -> new Value.Long(random.nextLong());
      case 9 -> new Value.Float(random.nextFloat());
      case 10 -> new Value.Double(random.nextDouble());
      case 11 -> new Value.Decimal(BigDecimal.valueOf(random.nextInt(), random.nextInt(256)), 32);
      case 12 -> new Value.Timestamp(random.nextInt() * 1000L);
      case 13 -> new Value.Binary(bytes(random.nextInt(20)));
      case 14 -> new Value.Str(text(random.nextInt(60)));
      case 15 -> table(depth + 1);
      default -> {
        List<Value> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          items.add(value(depth + 1));
        }
        yield new Value.ListOf(items);
      }
    };
  }

  private String text(int length) {
    String alphabet = "abcxyz019._-äß漢 ";
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
