package io.serai.gateway.amqp.v091;

import io.serai.gateway.amqp.v091.Amqp091Frame.Method;

/** Class channel: opening and closing channels (AMQP 0-9-1 §1.5). */
public sealed interface ChannelMethod extends Method {
  /** Class id. */
  int CLASS = 20;

  /** Reads the arguments of method {@code number} of this class. */
  static ChannelMethod read(int number, int channel, FieldReader in) {
    return switch (number) {
      case 10 -> Open.read(channel, in);
      case 11 -> new OpenOk(channel, in.longString());
      case 20 -> new Flow(channel, in.bit());
      case 21 -> new FlowOk(channel, in.bit());
      case 40 ->
          new Close(channel, in.shortUint(), in.shortString(), in.shortUint(), in.shortUint());
      case 41 -> new CloseOk(channel);
      default -> throw MethodReader.unknown(CLASS, number);
    };
  }

  /** Client: opens the channel. */
  record Open(int channel) implements ChannelMethod {
    static final int ID = CLASS << 16 | 10;

    private static Open read(int channel, FieldReader in) {
      in.shortString(); // reserved
      return new Open(channel);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortString("");
    }
  }

  /** Server: it is open. */
  record OpenOk(int channel, byte[] reserved) implements ChannelMethod {
    static final int ID = CLASS << 16 | 11;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.longString(reserved);
    }
  }

  /** Either: stop or go on sending content. */
  record Flow(int channel, boolean active) implements ChannelMethod {
    static final int ID = CLASS << 16 | 20;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.bits(active);
    }
  }

  /** Either: done. */
  record FlowOk(int channel, boolean active) implements ChannelMethod {
    static final int ID = CLASS << 16 | 21;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.bits(active);
    }
  }

  /** Either: the channel ends, and why. */
  record Close(int channel, int replyCode, String replyText, int classId, int methodId)
      implements ChannelMethod {
    static final int ID = CLASS << 16 | 40;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(replyCode).shortString(replyText).shortUint(classId).shortUint(methodId);
    }
  }

  /** Either: the end is taken note of. */
  record CloseOk(int channel) implements ChannelMethod {
    static final int ID = CLASS << 16 | 41;

    @Override
    public int id() {
      return ID;
    }
  }
}
