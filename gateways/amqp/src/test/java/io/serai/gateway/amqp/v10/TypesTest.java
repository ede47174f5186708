package io.serai.gateway.amqp.v10;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.ProtocolException;
import io.serai.model.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypesTest {
  private static Value read(String hex) {
    ByteBuf in = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
    Value value = TypeReader.read(in);
    assertThat(in.isReadable()).isFalse();
    return value;
  }

  private static String written(Value value) {
    ByteBuf out = Unpooled.buffer();
    TypeWriter.write(value, out);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  // AMQP 1.0 part 1 §1.6: every encoding of every primitive
  @ParameterizedTest
  @CsvSource({
    "40,                                 Null[]",
    "41,                                 Bool[value=true]",
    "42,                                 Bool[value=false]",
    "56 01,                              Bool[value=true]",
    "56 00,                              Bool[value=false]",
    "50 ff,                              UByte[value=255]",
    "60 ff ff,                           UShort[value=65535]",
    "70 ff ff ff ff,                     UInt[value=4294967295]",
    "52 ff,                              UInt[value=255]",
    "43,                                 UInt[value=0]",
    "80 ff ff ff ff ff ff ff ff,         ULong[bits=-1]",
    "53 ff,                              ULong[bits=255]",
    "44,                                 ULong[bits=0]",
    "51 ff,                              Byte[value=-1]",
    "61 80 00,                           Short[value=-32768]",
    "71 80 00 00 00,                     Int[value=-2147483648]",
    "54 ff,                              Int[value=-1]",
    "81 80 00 00 00 00 00 00 00,         Long[value=-9223372036854775808]",
    "55 80,                              Long[value=-128]",
    "72 3f c0 00 00,                     Float[value=1.5]",
    "82 bf d0 00 00 00 00 00 00,         Double[value=-0.25]",
    "73 00 01 f6 00,                     Char[codePoint=128512]",
    "83 00 00 00 00 00 00 03 e8,         Timestamp[epochMillis=1000]",
    "a1 02 c3 9f,                        Str[value=ß]",
    "b1 00 00 00 02 c3 9f,               Str[value=ß]",
    "a3 01 61,                           Symbol[value=a]",
    "b3 00 00 00 01 61,                  Symbol[value=a]",
    "a0 01 61,                           Binary[1 bytes]",
    "b0 00 00 00 01 61,                  Binary[1 bytes]",
    "45,                                 ListOf[items=[]]",
    "c0 03 02 41 40,                     'ListOf[items=[Bool[value=true], Null[]]]'",
    "d0 00 00 00 05 00 00 00 01 41,      ListOf[items=[Bool[value=true]]]",
    "c1 04 02 54 01 41,    'MapOf[entries=[Entry[key=Int[value=1], value=Bool[value=true]]]]'",
    "e0 04 02 50 01 02,                  'ArrayOf[items=[UByte[value=1], UByte[value=2]]]'",
    "f0 00 00 00 07 00 00 00 02 50 01 02,'ArrayOf[items=[UByte[value=1], UByte[value=2]]]'",
    "00 53 70 a1 01 61,    'Described[descriptor=ULong[bits=112], value=Str[value=a]]'",
    "e0 06 01 00 53 09 50 01,"
        + " 'ArrayOf[items=[Described[descriptor=ULong[bits=9], value=UByte[value=1]]]]'",
  })
  void everyEncodingIsRead(String hex, String value) {
    assertThat(read(hex)).hasToString(value);
  }

  // IEEE 754-2008, binary integer encoding
  @ParameterizedTest
  @CsvSource({
    "74 32 80 00 01,                                       1,        32",
    "74 b2 80 00 01,                                       -1,       32",
    "74 31 80 04 d2,                                       12.34,    32",
    "74 6c b8 96 7f,                                       9999999,  32",
    "84 31 c0 00 00 00 00 00 01,                           1,        64",
    "84 6c 73 86 f2 6f c0 ff ff,                 9999999999999999,   64",
    "94 30 40 00 00 00 00 00 00 00 00 00 00 00 00 00 01,   1,        128",
    "94 30 3c 00 00 00 00 00 00 00 00 00 00 00 00 04 d2,   12.34,    128",
  })
  void decimalsAreReadAndWritten(String hex, BigDecimal number, int bits) {
    assertThat(read(hex)).isEqualTo(new Value.Decimal(number, bits));
    assertThat(written(new Value.Decimal(number, bits))).isEqualTo(hex.replace(" ", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "74 78 00 00 00, Infinity",
    "74 f8 00 00 00, -Infinity",
    "74 7c 00 00 00, NaN",
  })
  void aDecimalThatIsNoNumberIsADouble(String hex, double value) {
    assertThat(read(hex)).isEqualTo(new Value.Double(value));
  }

  @ParameterizedTest
  @CsvSource({
    "1E+200,  32, 9.999999E+96",
    "-1E+200, 32, -9.999999E+96",
    "1E+96,   32, 1E+96",
    "1E-300,  32, 0",
    "123456789, 32, 1.234568E+8",
  })
  void aNumberThatDoesNotFitIsTheNearestOne(BigDecimal number, int bits, BigDecimal nearest) {
    Value.Decimal back = (Value.Decimal) read(written(new Value.Decimal(number, bits)));

    assertThat(back.value()).isEqualByComparingTo(nearest);
  }

  @Test
  void generatedValuesAreWrittenAndReadAgain() {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      Value value = randomValue(random, 3);
      assertThat(read(written(value))).isEqualTo(value);
    }
  }

  @Test
  void largeValuesAreWrittenWithFourByteLengths() {
    Value large =
        new Value.ListOf(
            List.of(
                Value.of("x".repeat(300)),
                new Value.Binary(new byte[70_000]),
                new Value.ArrayOf(java.util.Collections.nCopies(400, new Value.Int(1)))));

    assertThat(read(written(large))).isEqualTo(large);
  }

  @Test
  void itemsOfUnlikeTypesAreAListBecauseNoArrayCanHoldThem() {
    List<Value> mixed = List.of(new Value.Int(1), Value.of("a"));

    assertThat(read(written(new Value.ArrayOf(mixed)))).isEqualTo(new Value.ListOf(mixed));
  }

  private static Value randomValue(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 24 : 20)) {
      case 0 -> Value.NULL;
      case 1 -> new Value.Bool(random.nextBoolean());
      case 2 -> new Value.Byte((byte) random.nextInt());
      case 3 -> new Value.UByte(random.nextInt(256));
      case 4 -> new Value.Short((short) random.nextInt());
      case 5 -> new Value.UShort(random.nextInt(65_536));
      case 6 -> new Value.Int(random.nextInt() >> random.nextInt(32));
      case 7 -> new Value.UInt((random.nextInt() & 0xffff_ffffL) >> random.nextInt(32));
      case 8 -> new Value.Long(random.nextLong() >> random.nextInt(64));
      case 9 -> new Value.ULong(random.nextLong() >>> random.nextInt(64));
      case 10 -> new Value.Float(random.nextFloat());
      case 11 -> new Value.Double(random.nextDouble());
      case 12 -> new Value.Decimal(BigDecimal.valueOf(random.nextInt(9_999_999), 3), 32);
      case 13 -> new Value.Decimal(BigDecimal.valueOf(random.nextLong() >> 12, 5), 64);
      case 14 -> new Value.Decimal(BigDecimal.valueOf(random.nextLong(), 9), 128);
      case 15 -> new Value.Timestamp(random.nextLong());
      case 16 -> new Value.Uuid(new UUID(random.nextLong(), random.nextLong()));
      case 17 -> new Value.Binary(new byte[random.nextInt(300)]);
      case 18 -> Value.of("ß".repeat(random.nextInt(200)));
      case 19 -> new Value.Symbol("s".repeat(random.nextInt(300)));
      case 20 -> new Value.ListOf(randomValues(random, depth));
      case 21 -> {
        List<Value.Entry> entries = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          entries.add(new Value.Entry(Value.of("k" + i), randomValue(random, depth - 1)));
        }
        yield new Value.MapOf(entries);
      }
      case 22 -> {
        List<Value> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          items.add(Value.of("i" + i));
        }
        yield new Value.ArrayOf(items);
      }
      default -> new Value.Described(new Value.Symbol("d"), randomValue(random, depth - 1));
    };
  }

  private static List<Value> randomValues(Random random, int depth) {
    List<Value> items = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      items.add(randomValue(random, depth - 1));
    }
    return items;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "3f", // no such type
        "71 00 00",
        "a1 05 61",
        "b1 ff ff ff ff 61",
        "c0 03 02 41",
        "c0 04 02 41 40 40", // left over
        "c1 03 01 41 40", // odd map
        "d0 7f ff ff ff 7f ff ff ff",
        "f0 00 00 00 05 7f ff ff ff 40", // two billion nulls
        "00",
      })
  void malformedBytesAreRefused(String hex) {
    assertThatThrownBy(() -> read(hex)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void nestingWithoutEndIsRefusedBeforeTheStackIs() {
    String described = "00 41".repeat(0) + "00".repeat(100_000);

    assertThatThrownBy(() -> read(described)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void changedBytesGiveAValueOrAProtocolException() {
    Random random = new Random(12);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = HexFormat.of().parseHex(written(randomValue(random, 3)));
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      try {
        TypeReader.read(Unpooled.wrappedBuffer(bytes));
      } catch (ProtocolException _) {
        // the one exception there may be
      }
    }
  }
}
