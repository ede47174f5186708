package io.serai.gateway.amqp.v091;

import io.serai.gateway.amqp.v091.Amqp091Frame.Method;
import io.serai.model.Value;

/** Class queue (AMQP 0-9-1 §1.7). */
public sealed interface QueueMethod extends Method {
  /** Class id. */
  int CLASS = 50;

  /** Reads the arguments of method {@code number} of this class. */
  static QueueMethod read(int number, int channel, FieldReader in) {
    return switch (number) {
      case 10 -> Declare.read(channel, in);
      case 11 -> new DeclareOk(channel, in.shortString(), in.longUint(), in.longUint());
      case 20 -> Bind.read(channel, in);
      case 21 -> new BindOk(channel);
      case 30 -> Purge.read(channel, in);
      case 31 -> new PurgeOk(channel, in.longUint());
      case 40 -> Delete.read(channel, in);
      case 41 -> new DeleteOk(channel, in.longUint());
      case 50 -> Unbind.read(channel, in);
      case 51 -> new UnbindOk(channel);
      default -> throw MethodReader.unknown(CLASS, number);
    };
  }

  /** Client: creates a queue, or with passive asks whether it exists. */
  record Declare(
      int channel,
      String queue,
      boolean passive,
      boolean durable,
      boolean exclusive,
      boolean autoDelete,
      boolean noWait,
      Value.MapOf arguments)
      implements QueueMethod {
    static final int ID = CLASS << 16 | 10;

    private static Declare read(int channel, FieldReader in) {
      in.skip(2); // reserved
      String queue = in.shortString();
      int bits = in.bits();
      Value.MapOf arguments = in.table();
      return new Declare(
          channel,
          queue,
          (bits & 1) != 0,
          (bits & 2) != 0,
          (bits & 4) != 0,
          (bits & 8) != 0,
          (bits & 16) != 0,
          arguments);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(0)
          .shortString(queue)
          .bits(passive, durable, exclusive, autoDelete, noWait)
          .table(arguments);
    }
  }

  /** Server: it exists. */
  record DeclareOk(int channel, String queue, long messageCount, long consumerCount)
      implements QueueMethod {
    static final int ID = CLASS << 16 | 11;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortString(queue).longUint(messageCount).longUint(consumerCount);
    }
  }

  /** Client: binds a queue to an exchange. */
  record Bind(
      int channel,
      String queue,
      String exchange,
      String routingKey,
      boolean noWait,
      Value.MapOf arguments)
      implements QueueMethod {
    static final int ID = CLASS << 16 | 20;

    private static Bind read(int channel, FieldReader in) {
      in.skip(2); // reserved
      String queue = in.shortString();
      String exchange = in.shortString();
      String routingKey = in.shortString();
      int bits = in.bits();
      Value.MapOf arguments = in.table();
      return new Bind(channel, queue, exchange, routingKey, (bits & 1) != 0, arguments);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(0)
          .shortString(queue)
          .shortString(exchange)
          .shortString(routingKey)
          .bits(noWait)
          .table(arguments);
    }
  }

  /** Server: it is bound. */
  record BindOk(int channel) implements QueueMethod {
    static final int ID = CLASS << 16 | 21;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Client: drops the ready messages. */
  record Purge(int channel, String queue, boolean noWait) implements QueueMethod {
    static final int ID = CLASS << 16 | 30;

    private static Purge read(int channel, FieldReader in) {
      in.skip(2); // reserved
      String queue = in.shortString();
      int bits = in.bits();
      return new Purge(channel, queue, (bits & 1) != 0);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(0).shortString(queue).bits(noWait);
    }
  }

  /** Server: so many are gone. */
  record PurgeOk(int channel, long messageCount) implements QueueMethod {
    static final int ID = CLASS << 16 | 31;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.longUint(messageCount);
    }
  }

  /** Client: deletes a queue. */
  record Delete(int channel, String queue, boolean ifUnused, boolean ifEmpty, boolean noWait)
      implements QueueMethod {
    static final int ID = CLASS << 16 | 40;

    private static Delete read(int channel, FieldReader in) {
      in.skip(2); // reserved
      String queue = in.shortString();
      int bits = in.bits();
      return new Delete(channel, queue, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(0).shortString(queue).bits(ifUnused, ifEmpty, noWait);
    }
  }

  /** Server: gone, with so many messages. */
  record DeleteOk(int channel, long messageCount) implements QueueMethod {
    static final int ID = CLASS << 16 | 41;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.longUint(messageCount);
    }
  }

  /** Client: takes a binding away. */
  record Unbind(
      int channel, String queue, String exchange, String routingKey, Value.MapOf arguments)
      implements QueueMethod {
    static final int ID = CLASS << 16 | 50;

    private static Unbind read(int channel, FieldReader in) {
      in.skip(2); // reserved
      String queue = in.shortString();
      String exchange = in.shortString();
      String routingKey = in.shortString();
      Value.MapOf arguments = in.table();
      return new Unbind(channel, queue, exchange, routingKey, arguments);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(0)
          .shortString(queue)
          .shortString(exchange)
          .shortString(routingKey)
          .table(arguments);
    }
  }

  /** Server: it is unbound. */
  record UnbindOk(int channel) implements QueueMethod {
    static final int ID = CLASS << 16 | 51;

    @Override
    public int id() {
      return ID;
    }
  }
}
