package io.serai.model;

/** Something stored is in a format that no installed module reads. It must be left as it is. */
public final class UnknownFormatException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int id;

  UnknownFormatException(String family, int id) {
    super("%s %d is not known to this program".formatted(family, id));
    this.id = id;
  }

  /** The format's id. */
  public int id() {
    return id;
  }
}
