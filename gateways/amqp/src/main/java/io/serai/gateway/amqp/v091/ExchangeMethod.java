package io.serai.gateway.amqp.v091;

import io.serai.gateway.amqp.v091.Amqp091Frame.Method;
import io.serai.model.Value;

/** Class exchange (AMQP 0-9-1 §1.6). */
public sealed interface ExchangeMethod extends Method {
  /** Class id. */
  int CLASS = 40;

  /** Reads the arguments of method {@code number} of this class. */
  static ExchangeMethod read(int number, int channel, FieldReader in) {
    return switch (number) {
      case 10 -> Declare.read(channel, in);
      case 11 -> new DeclareOk(channel);
      case 20 -> Delete.read(channel, in);
      case 21 -> new DeleteOk(channel);
      case 30 -> Bind.read(channel, in);
      case 31 -> new BindOk(channel);
      case 40 -> Unbind.read(channel, in);
      case 51 -> new UnbindOk(channel);
      default -> throw MethodReader.unknown(CLASS, number);
    };
  }

  /** Client: creates an exchange, or with passive asks whether it exists. */
  record Declare(
      int channel,
      String exchange,
      String type,
      boolean passive,
      boolean durable,
      boolean autoDelete,
      boolean internal,
      boolean noWait,
      Value.MapOf arguments)
      implements ExchangeMethod {
    static final int ID = CLASS << 16 | 10;

    private static Declare read(int channel, FieldReader in) {
      in.skip(2); // reserved
      String exchange = in.shortString();
      String type = in.shortString();
      int bits = in.bits();
      Value.MapOf arguments = in.table();
      return new Declare(
          channel,
          exchange,
          type,
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
          .shortString(exchange)
          .shortString(type)
          .bits(passive, durable, autoDelete, internal, noWait)
          .table(arguments);
    }
  }

  /** Server: it exists. */
  record DeclareOk(int channel) implements ExchangeMethod {
    static final int ID = CLASS << 16 | 11;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Client: deletes an exchange. */
  record Delete(int channel, String exchange, boolean ifUnused, boolean noWait)
      implements ExchangeMethod {
    static final int ID = CLASS << 16 | 20;

    private static Delete read(int channel, FieldReader in) {
      in.skip(2); // reserved
      String exchange = in.shortString();
      int bits = in.bits();
      return new Delete(channel, exchange, (bits & 1) != 0, (bits & 2) != 0);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(0).shortString(exchange).bits(ifUnused, noWait);
    }
  }

  /** Server: it is gone. */
  record DeleteOk(int channel) implements ExchangeMethod {
    static final int ID = CLASS << 16 | 21;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Client: binds an exchange to an exchange (RabbitMQ). */
  record Bind(
      int channel,
      String destination,
      String source,
      String routingKey,
      boolean noWait,
      Value.MapOf arguments)
      implements ExchangeMethod {
    static final int ID = CLASS << 16 | 30;

    private static Bind read(int channel, FieldReader in) {
      in.skip(2); // reserved
      String destination = in.shortString();
      String source = in.shortString();
      String routingKey = in.shortString();
      int bits = in.bits();
      Value.MapOf arguments = in.table();
      return new Bind(channel, destination, source, routingKey, (bits & 1) != 0, arguments);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(0)
          .shortString(destination)
          .shortString(source)
          .shortString(routingKey)
          .bits(noWait)
          .table(arguments);
    }
  }

  /** Server: it is bound. */
  record BindOk(int channel) implements ExchangeMethod {
    static final int ID = CLASS << 16 | 31;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Client: takes a binding away. */
  record Unbind(
      int channel,
      String destination,
      String source,
      String routingKey,
      boolean noWait,
      Value.MapOf arguments)
      implements ExchangeMethod {
    static final int ID = CLASS << 16 | 40;

    private static Unbind read(int channel, FieldReader in) {
      in.skip(2); // reserved
      String destination = in.shortString();
      String source = in.shortString();
      String routingKey = in.shortString();
      int bits = in.bits();
      Value.MapOf arguments = in.table();
      return new Unbind(channel, destination, source, routingKey, (bits & 1) != 0, arguments);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(0)
          .shortString(destination)
          .shortString(source)
          .shortString(routingKey)
          .bits(noWait)
          .table(arguments);
    }
  }

  /** Server: it is unbound; 51 is no slip. */
  record UnbindOk(int channel) implements ExchangeMethod {
    static final int ID = CLASS << 16 | 51;

    @Override
    public int id() {
      return ID;
    }
  }
}
