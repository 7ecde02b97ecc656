import com.pixelmed.validate.DicomSRValidator;

/**
 * DicomSRValidator -checktemplateid -checkcontentitemorder of many files, one after the other: its start takes longer than what it is
 * started for. Prints "file" and a tab before each file's own lines.
 */
public class ValidateReports {
  public static void main(String[] files) throws Exception {
    DicomSRValidator validator = new DicomSRValidator();
    validator.setOptionMatchCaseOfCodeMeaning(true);
    validator.setOptionCheckTemplateID(true);
    validator.setOptionCheckContentItemOrder(true);
    for (String file : files) {
      System.out.println("file\t" + file);
      try {
        System.out.println(validator.validate(file));
      } catch (Exception error) {
        System.out.println("Exception: " + error.getMessage());
      }
    }
  }
}
