package io.serai.gateway.amqp.v091;

import io.serai.gateway.amqp.v091.Amqp091Frame.Method;

/** Class confirm (RabbitMQ): publisher confirms (AMQP 0-9-1 extension). */
public sealed interface ConfirmMethod extends Method {
  /** Class id. */
  int CLASS = 85;

  /** Reads the arguments of method {@code number} of this class. */
  static ConfirmMethod read(int number, int channel, FieldReader in) {
    return switch (number) {
      case 10 -> new Select(channel, in.bit());
      case 11 -> new SelectOk(channel);
      default -> throw MethodReader.unknown(CLASS, number);
    };
  }

  /** Client: wants publishes confirmed on this channel. */
  record Select(int channel, boolean noWait) implements ConfirmMethod {
    static final int ID = CLASS << 16 | 10;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.bits(noWait);
    }
  }

  /** Server: they will be. */
  record SelectOk(int channel) implements ConfirmMethod {
    static final int ID = CLASS << 16 | 11;

    @Override
    public int id() {
      return ID;
    }
  }
}
