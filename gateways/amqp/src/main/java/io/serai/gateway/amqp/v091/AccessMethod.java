package io.serai.gateway.amqp.v091;

import io.serai.gateway.amqp.v091.Amqp091Frame.Method;

/** Class access, which 0-9-1 dropped and old clients still send (AMQP 0-9-1 §1.5 of 0-9). */
public sealed interface AccessMethod extends Method {
  /** Class id. */
  int CLASS = 30;

  /** Reads the arguments of method {@code number} of this class. */
  static AccessMethod read(int number, int channel, FieldReader in) {
    return switch (number) {
      case 10 -> Request.read(channel, in);
      case 11 -> new RequestOk(channel, in.shortUint());
      default -> throw MethodReader.unknown(CLASS, number);
    };
  }

  /** Client: asks for a ticket. */
  record Request(
      int channel,
      String realm,
      boolean exclusive,
      boolean passive,
      boolean active,
      boolean write,
      boolean read)
      implements AccessMethod {
    static final int ID = CLASS << 16 | 10;

    private static Request read(int channel, FieldReader in) {
      String realm = in.shortString();
      int bits = in.bits();
      return new Request(
          channel,
          realm,
          (bits & 1) != 0,
          (bits & 2) != 0,
          (bits & 4) != 0,
          (bits & 8) != 0,
          (bits & 16) != 0);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortString(realm).bits(exclusive, passive, active, write, read);
    }
  }

  /** Server: a ticket, which nothing looks at. */
  record RequestOk(int channel, int ticket) implements AccessMethod {
    static final int ID = CLASS << 16 | 11;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(ticket);
    }
  }
}
