package io.serai.gateway.amqp.v091;

import io.serai.gateway.amqp.v091.Amqp091Frame.Method;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;

/** Class connection: opening, closing and tuning a connection (AMQP 0-9-1 §1.4). */
public sealed interface ConnectionMethod extends Method {
  /** Class id. */
  int CLASS = 10;

  /** Reads the arguments of method {@code number} of this class. */
  static ConnectionMethod read(int number, int channel, FieldReader in) {
    return switch (number) {
      case 10 ->
          new Start(
              channel,
              in.octet(),
              in.octet(),
              in.table(),
              new String(in.longString(), StandardCharsets.UTF_8),
              new String(in.longString(), StandardCharsets.UTF_8));
      case 11 ->
          new StartOk(channel, in.table(), in.shortString(), in.longString(), in.shortString());
      case 20 -> new Secure(channel, in.longString());
      case 21 -> new SecureOk(channel, in.longString());
      case 30 -> new Tune(channel, in.shortUint(), in.longUint(), in.shortUint());
      case 31 -> new TuneOk(channel, in.shortUint(), in.longUint(), in.shortUint());
      case 40 -> Open.read(channel, in);
      case 41 -> OpenOk.read(channel, in);
      case 50 ->
          new Close(channel, in.shortUint(), in.shortString(), in.shortUint(), in.shortUint());
      case 51 -> new CloseOk(channel);
      case 60 -> new Blocked(channel, in.shortString());
      case 61 -> new Unblocked(channel);
      case 70 -> new UpdateSecret(channel, in.longString(), in.shortString());
      case 71 -> new UpdateSecretOk(channel);
      default -> throw MethodReader.unknown(CLASS, number);
    };
  }

  /** Server: who it is and how a client may log in. */
  record Start(
      int channel,
      int versionMajor,
      int versionMinor,
      Value.MapOf serverProperties,
      String mechanisms,
      String locales)
      implements ConnectionMethod {
    static final int ID = CLASS << 16 | 10;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.octet(versionMajor)
          .octet(versionMinor)
          .table(serverProperties)
          .longString(mechanisms)
          .longString(locales);
    }
  }

  /** Client: who it is, and its credentials. */
  record StartOk(
      int channel, Value.MapOf clientProperties, String mechanism, byte[] response, String locale)
      implements ConnectionMethod {
    static final int ID = CLASS << 16 | 11;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.table(clientProperties).shortString(mechanism).longString(response).shortString(locale);
    }
  }

  /** Server: the next step of a SASL exchange. */
  record Secure(int channel, byte[] challenge) implements ConnectionMethod {
    static final int ID = CLASS << 16 | 20;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.longString(challenge);
    }
  }

  /** Client: its answer. */
  record SecureOk(int channel, byte[] response) implements ConnectionMethod {
    static final int ID = CLASS << 16 | 21;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.longString(response);
    }
  }

  /** Server: the limits it proposes. */
  record Tune(int channel, int channelMax, long frameMaxBytes, int heartbeatSeconds)
      implements ConnectionMethod {
    static final int ID = CLASS << 16 | 30;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(channelMax).longUint(frameMaxBytes).shortUint(heartbeatSeconds);
    }
  }

  /** Client: the limits that hold; 0 leaves one to the server. */
  record TuneOk(int channel, int channelMax, long frameMaxBytes, int heartbeatSeconds)
      implements ConnectionMethod {
    static final int ID = CLASS << 16 | 31;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortUint(channelMax).longUint(frameMaxBytes).shortUint(heartbeatSeconds);
    }
  }

  /** Client: the vhost it wants. */
  record Open(int channel, String vhost, boolean insist) implements ConnectionMethod {
    static final int ID = CLASS << 16 | 40;

    private static Open read(int channel, FieldReader in) {
      String vhost = in.shortString();
      in.shortString(); // reserved
      int bits = in.bits();
      return new Open(channel, vhost, (bits & 1) != 0);
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortString(vhost).shortString("").bits(insist);
    }
  }

  /** Server: the vhost is entered. */
  record OpenOk(int channel) implements ConnectionMethod {
    static final int ID = CLASS << 16 | 41;

    private static OpenOk read(int channel, FieldReader in) {
      in.shortString(); // reserved
      return new OpenOk(channel);
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

  /** Either: the connection ends, and why. */
  record Close(int channel, int replyCode, String replyText, int classId, int methodId)
      implements ConnectionMethod {
    static final int ID = CLASS << 16 | 50;

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
  record CloseOk(int channel) implements ConnectionMethod {
    static final int ID = CLASS << 16 | 51;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Server: publishing is held back. */
  record Blocked(int channel, String reason) implements ConnectionMethod {
    static final int ID = CLASS << 16 | 60;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.shortString(reason);
    }
  }

  /** Server: publishing may go on. */
  record Unblocked(int channel) implements ConnectionMethod {
    static final int ID = CLASS << 16 | 61;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Client: new credentials for the same user. */
  record UpdateSecret(int channel, byte[] newSecret, String reason) implements ConnectionMethod {
    static final int ID = CLASS << 16 | 70;

    @Override
    public int id() {
      return ID;
    }

    @Override
    public void write(FieldWriter out) {
      out.longString(newSecret).shortString(reason);
    }
  }

  /** Server: they are good. */
  record UpdateSecretOk(int channel) implements ConnectionMethod {
    static final int ID = CLASS << 16 | 71;

    @Override
    public int id() {
      return ID;
    }
  }
}
