# What to do when you can no longer get in.
recover-title = Get back in
recover-intro = Choose what happened. Your results stay safe in the meantime.
recover-forgot-title = I forgot my password, or it was switched off
recover-forgot-text = With your code app and one of your recovery codes you can choose a new one right away.
recover-submit = Choose a new password
recover-refused-title = That did not work
recover-refused-which = The identifier, the 6-digit code or the recovery code is not right. To protect your file, this page does not say which.
recover-refused-lab = If it happens again, the laboratory can give you a new sheet.
recover-phone-title = I lost my phone or the code app
recover-phone-text = Sign in as usual and, instead of the 6-digit code, enter one of your recovery codes.
recover-phone-link = Sign in with a recovery code
recover-phone-lost = If the phone was stolen, please tell the laboratory as well.
recover-lab-title = I have no recovery codes left, or I lost everything
recover-lab-text = The laboratory gives you a new sheet with a code, after checking your identity.
recover-lab-bring = Come with an identity document. This cannot be done by telephone: that is what protects your file.
recover-lab-link = I have a sheet with a code
recover-call = The laboratory answers on { $phone }.
