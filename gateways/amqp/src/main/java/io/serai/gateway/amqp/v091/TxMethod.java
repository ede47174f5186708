package io.serai.gateway.amqp.v091;

import io.serai.gateway.amqp.v091.Amqp091Frame.Method;

/** Class tx: local transactions (AMQP 0-9-1 §1.9). */
public sealed interface TxMethod extends Method {
  /** Class id. */
  int CLASS = 90;

  /** Reads the arguments of method {@code number} of this class. */
  static TxMethod read(int number, int channel, FieldReader in) {
    return switch (number) {
      case 10 -> new Select(channel);
      case 11 -> new SelectOk(channel);
      case 20 -> new Commit(channel);
      case 21 -> new CommitOk(channel);
      case 30 -> new Rollback(channel);
      case 31 -> new RollbackOk(channel);
      default -> throw MethodReader.unknown(CLASS, number);
    };
  }

  /** Client: makes the channel transactional. */
  record Select(int channel) implements TxMethod {
    static final int ID = CLASS << 16 | 10;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Server: it is. */
  record SelectOk(int channel) implements TxMethod {
    static final int ID = CLASS << 16 | 11;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Client: commits. */
  record Commit(int channel) implements TxMethod {
    static final int ID = CLASS << 16 | 20;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Server: committed. */
  record CommitOk(int channel) implements TxMethod {
    static final int ID = CLASS << 16 | 21;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Client: rolls back. */
  record Rollback(int channel) implements TxMethod {
    static final int ID = CLASS << 16 | 30;

    @Override
    public int id() {
      return ID;
    }
  }

  /** Server: rolled back. */
  record RollbackOk(int channel) implements TxMethod {
    static final int ID = CLASS << 16 | 31;

    @Override
    public int id() {
      return ID;
    }
  }
}
