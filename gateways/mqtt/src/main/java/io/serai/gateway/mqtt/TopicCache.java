package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.ProtocolException;
import io.serai.model.Address;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The topic names a connection has published to, found again by their bytes: the usual PUBLISH
 * builds no string, is not validated again and meets the route cached for its {@link Address}.
 *
 * <p>Direct-mapped, so a colliding name replaces an older one. Starts with a few places, grows to
 * {@link #MAX_PLACES} with the number of names in use.
 */
final class TopicCache {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int FIRST_PLACES = 4;

  /** Bound of the names remembered per connection. */
  private static final int MAX_PLACES = 1024;

  /** Longer names are read anew each time: nobody's cache is to hold 64 MiB of them. */
  static final int MAX_NAME_BYTES = 512;

  private final int maxLevels;
  private @Nullable Address last;
  private byte[] lastName = {};
  private @Nullable Address @Nullable [] places;
  private int replaced;

  TopicCache(int maxLevels) {
    this.maxLevels = maxLevels;
  }

  /**
   * The address of the topic name in {@code length} bytes at {@code from}.
   *
   * @throws ProtocolException MALFORMED_PACKET when it is not a valid topic name
   */
  Address find(ByteBuf in, int from, int length) {
    if (length > MAX_NAME_BYTES) {
      return read(in, from, length);
    }
    Address recent = last;
    if (recent != null && equal(in, from, length, lastName)) {
      return recent;
    }
    int hash = hash(in, from, length);
    @Nullable Address[] table = places;
    Address found = table == null ? null : table[hash & table.length - 1];
    if (found == null || !equal(in, from, length, name(found))) {
      boolean isCollision = found != null;
      found = read(in, from, length);
      remember(found, hash, isCollision);
    }
    last = found;
    lastName = name(found);
    return found;
  }

  private static byte[] name(Address address) {
    return address.topic().utf8(Spelling.SLASH);
  }

  private Address read(ByteBuf in, int from, int length) {
    byte[] bytes = new byte[length];
    in.getBytes(from, bytes);
    return Address.ofTopic(topic(bytes));
  }

  private Topic topic(byte[] bytes) {
    if (!Utf8.isValid(bytes, 0, bytes.length, Utf8.Forbidden.CONTROLS)) {
      throw new ProtocolException(
          MqttReason.MALFORMED_PACKET, "topic name is not valid UTF-8 text", "MQTT 5.0 §1.5.4");
    }
    String name = Utf8.text(bytes, 0, bytes.length);
    requireValid(name, maxLevels);
    return Topic.of(name, Spelling.SLASH);
  }

  /** Fails unless {@code name} may be published to. */
  static void requireValid(String name, int maxLevels) {
    if (!TopicRules.isValidName(name)) {
      throw PacketReader.malformed("topic name is empty or holds a wildcard", "§4.7");
    }
    if (TopicRules.isTooDeep(name, maxLevels)) {
      throw new ProtocolException(
          MqttReason.TOPIC_NAME_INVALID,
          "topic name has more than " + maxLevels + " levels",
          "MQTT 5.0 §4.7.3");
    }
  }

  private void remember(Address address, int hash, boolean isCollision) {
    @Nullable Address[] table = places;
    if (table == null) {
      Address first = last;
      if (first == null) {
        return; // most connections publish to one topic only
      }
      table = new Address[FIRST_PLACES];
      table[hash(lastName) & table.length - 1] = first;
      places = table;
    } else if (isCollision && ++replaced > table.length / 2 && table.length < MAX_PLACES) {
      replaced = 0;
      table = grown(table);
      places = table;
    }
    table[hash & table.length - 1] = address;
  }

  private static @Nullable Address[] grown(@Nullable Address[] table) {
    @Nullable Address[] bigger = new Address[table.length * 4];
    for (Address address : table) {
      if (address != null) {
        bigger[hash(name(address)) & bigger.length - 1] = address;
      }
    }
    return bigger;
  }

  private static boolean equal(ByteBuf in, int from, int length, byte[] name) {
    if (name.length != length) {
      return false;
    }
    int i = 0;
    for (; i <= length - Long.BYTES; i += Long.BYTES) {
      if (in.getLong(from + i) != (long) LONG.get(name, i)) {
        return false;
      }
    }
    for (; i < length; i++) {
      if (in.getByte(from + i) != name[i]) {
        return false;
      }
    }
    return true;
  }

  private static int hash(byte[] name) {
    return hash(Unpooled.wrappedBuffer(name), 0, name.length);
  }

  private static int hash(ByteBuf in, int from, int length) {
    long h = length;
    int i = 0;
    for (; i <= length - Long.BYTES; i += Long.BYTES) {
      h = (h ^ in.getLong(from + i)) * 0x9E3779B97F4A7C15L;
      h ^= h >>> 29;
    }
    for (; i < length; i++) {
      h = (h ^ in.getByte(from + i)) * 0x100000001B3L;
    }
    return (int) (h ^ h >>> 32);
  }
}
