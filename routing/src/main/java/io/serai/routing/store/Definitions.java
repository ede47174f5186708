package io.serai.routing.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.MatchData;
import io.serai.bus.MatchFormat;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Source;
import io.serai.model.Spelling;
import io.serai.model.StoredFields;
import io.serai.model.StoredFormats;
import io.serai.model.StoredValues;
import io.serai.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * How exchanges, queues and bindings are written as facts: keys say which one it is, values what it
 * is like. Values start with the version of their layout.
 */
public final class Definitions {
  private static final int VERSION = 1;

  /** Match data of bindings and of messages, by the gateways that know it. */
  public static final StoredFormats<MatchData> MATCHES =
      StoredFormats.installed("match format", MatchFormat.class);

  /** A binding with the vhost it is in. */
  public record OfVhost<T>(String vhost, T spec) {}

  private Definitions() {}

  private static ByteBuf versioned() {
    return Unpooled.buffer(64).writeByte(VERSION);
  }

  private static ByteBuf opened(byte[] value) {
    ByteBuf in = Unpooled.wrappedBuffer(value);
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "a definition of layout %d, this program knows %d".formatted(version, VERSION));
    }
    return in;
  }

  /** The key of an exchange or a queue. */
  public static byte[] key(String vhost, String name) {
    ByteBuf out = Unpooled.buffer(vhost.length() + name.length() + 4);
    StoredFields.writeText(vhost, out);
    StoredFields.writeText(name, out);
    return ByteBufUtil.getBytes(out);
  }

  // ---- exchanges

  /** An exchange's value. */
  public static byte[] write(String vhost, ExchangeSpec spec) {
    ByteBuf out = versioned();
    StoredFields.writeText(vhost, out);
    StoredFields.writeText(spec.name(), out);
    StoredFields.writeText(spec.type(), out);
    out.writeBoolean(spec.autoDelete());
    out.writeBoolean(spec.internal());
    StoredValues.writeMap(spec.arguments(), out);
    writeSource(spec.source(), out);
    return ByteBufUtil.getBytes(out);
  }

  /** Reads an exchange's value. */
  public static OfVhost<ExchangeSpec> readExchange(byte[] value) {
    ByteBuf in = opened(value);
    String vhost = StoredFields.readText(in);
    String name = StoredFields.readText(in);
    String type = StoredFields.readText(in);
    boolean isAutoDelete = in.readBoolean();
    boolean isInternal = in.readBoolean();
    Value.MapOf arguments = StoredValues.readMap(in);
    return new OfVhost<>(
        vhost,
        new ExchangeSpec(
            name, type, Lifetime.DURABLE, isAutoDelete, isInternal, arguments, readSource(in)));
  }

  // ---- queues

  /** A queue's value. */
  public static byte[] write(QueueDefinition queue) {
    QueueSpec spec = queue.spec();
    ByteBuf out = versioned();
    out.writeLong(queue.owner());
    StoredFields.writeText(queue.vhost(), out);
    StoredFields.writeText(spec.name(), out);
    StoredFields.writeText(spec.kind().name(), out);
    out.writeBoolean(spec.autoDelete());
    StoredValues.writeMap(spec.arguments(), out);
    writeSource(spec.source(), out);
    StoredFields.writeOptionalText(queue.user(), out);
    StoredFields.writeText(queue.clientId(), out);
    return ByteBufUtil.getBytes(out);
  }

  /** Reads a queue's value. */
  public static QueueDefinition readQueue(byte[] value) {
    ByteBuf in = opened(value);
    long owner = in.readLong();
    String vhost = StoredFields.readText(in);
    String name = StoredFields.readText(in);
    QueueKind kind = QueueKind.valueOf(StoredFields.readText(in));
    boolean isAutoDelete = in.readBoolean();
    Value.MapOf arguments = StoredValues.readMap(in);
    QueueSpec spec =
        new QueueSpec(name, kind, Lifetime.DURABLE, isAutoDelete, arguments, readSource(in));
    String user = StoredFields.readOptionalText(in);
    return new QueueDefinition(owner, vhost, spec, user, StoredFields.readText(in));
  }

  // ---- bindings

  /** What tells a binding from all others. */
  public static byte[] key(String vhost, BindingSpec binding) {
    ByteBuf out = Unpooled.buffer(64);
    writeIdentity(vhost, binding, out);
    return ByteBufUtil.getBytes(out);
  }

  private static void writeIdentity(String vhost, BindingSpec binding, ByteBuf out) {
    StoredFields.writeText(vhost, out);
    StoredFields.writeText(binding.source(), out);
    StoredFields.writeText(binding.destination(), out);
    out.writeBoolean(binding.toExchange());
    StoredFields.writeText(binding.key(), out);
    StoredFields.writeSpelling(binding.spelling(), out);
    StoredValues.writeMap(binding.arguments(), out);
  }

  /** A binding's value. */
  public static byte[] write(String vhost, BindingSpec binding) {
    ByteBuf out = versioned();
    writeIdentity(vhost, binding, out);
    writeSource(binding.definedBy(), out);
    MATCHES.writeOptional(binding.match(), out);
    return ByteBufUtil.getBytes(out);
  }

  /** Reads a binding's value. */
  public static OfVhost<BindingSpec> readBinding(byte[] value) {
    ByteBuf in = opened(value);
    String vhost = StoredFields.readText(in);
    String source = StoredFields.readText(in);
    String destination = StoredFields.readText(in);
    boolean isToExchange = in.readBoolean();
    String key = StoredFields.readText(in);
    Spelling spelling = StoredFields.readSpelling(in);
    Value.MapOf arguments = StoredValues.readMap(in);
    Source definedBy = readSource(in);
    @Nullable MatchData match = MATCHES.readOptional(in);
    return new OfVhost<>(
        vhost,
        new BindingSpec(
            source, destination, isToExchange, key, spelling, arguments, match, definedBy));
  }

  private static void writeSource(Source source, ByteBuf out) {
    StoredFields.writeText(source.name(), out);
  }

  private static Source readSource(ByteBuf in) {
    return Source.valueOf(StoredFields.readText(in));
  }
}
